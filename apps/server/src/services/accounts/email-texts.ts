import type { Mail } from '../mail/index.ts';

/** Why a mail is sent. `taken`: somebody wanted to register with an address that has an account already. */
export type MailReason = 'register' | 'add' | 'reset' | 'taken';

interface Words {
  subject: string;
  /** What happens when one follows the link, or what to do instead. */
  text: string;
}

/** In both languages of ours in one mail: the server doesn't know which the reader speaks. */
const words: Record<MailReason, { en: Words; de: Words }> = {
  register: {
    en: {
      subject: 'Confirm your mail address',
      text: 'somebody, probably you, is making an account with this address. To confirm that it is yours, open:',
    },
    de: {
      subject: 'Mailadresse bestätigen',
      text: 'jemand, vermutlich du, legt mit dieser Adresse ein Konto an. Um zu bestätigen, dass sie dir gehört, öffne:',
    },
  },
  add: {
    en: {
      subject: 'Confirm your mail address',
      text: 'somebody, probably you, is adding this address to an account. To confirm that it is yours, open:',
    },
    de: {
      subject: 'Mailadresse bestätigen',
      text: 'jemand, vermutlich du, fügt diese Adresse einem Konto hinzu. Um zu bestätigen, dass sie dir gehört, öffne:',
    },
  },
  reset: {
    en: {
      subject: 'Set a new password',
      text: 'somebody, probably you, wants to set a new password for your account. To allow that, open:',
    },
    de: {
      subject: 'Neues Passwort setzen',
      text: 'jemand, vermutlich du, will ein neues Passwort für dein Konto setzen. Um das zu erlauben, öffne:',
    },
  },
  taken: {
    en: {
      subject: 'You have an account already',
      text: 'somebody, probably you, wanted to make an account with this address, which has one already. If you have forgotten its password, you can set a new one at:',
    },
    de: {
      subject: 'Du hast bereits ein Konto',
      text: 'jemand, vermutlich du, wollte mit dieser Adresse ein Konto anlegen; sie hat bereits eines. Wenn du das Passwort vergessen hast, kannst du hier ein neues setzen:',
    },
  },
};

/** The mail for a reason. The link is good for an hour. */
export function mailFor(reason: MailReason, { to, link, server }: { to: string; link: string; server: string }): Mail {
  const { en, de } = words[reason];
  return {
    to,
    subject: `${en.subject} · ${de.subject} (${server})`,
    text: [
      'Hello,',
      en.text,
      link,
      'If it was not you, ignore this mail: nothing happens then.',
      '— — —',
      'Hallo,',
      de.text,
      link,
      'Wenn du das nicht warst, ignoriere diese Mail: Dann passiert nichts.',
      '',
    ].join('\n\n'),
  };
}
