import type { EmailValidations } from '../../services/accounts/email-validations.ts';
import { type Endpoint, endpoint, Reply } from '../endpoint.ts';
import { type Language, languageOf, page, readForm } from '../page.ts';

const path = '/_sotto/client/v1/email/confirm';

const words = {
  en: {
    ask: 'Is this your mail address?',
    askText: 'Press the button to confirm that the mail was for you.',
    button: 'Confirm',
    done: 'Your mail address is confirmed',
    doneText: 'You can close this page and go on where you began.',
    over: 'This link no longer works',
    overText: 'It was used, replaced by a newer one, or is older than an hour. Ask for a new mail where you began.',
  },
  de: {
    ask: 'Ist das deine Mailadresse?',
    askText: 'Drücke den Knopf, um zu bestätigen, dass die Mail für dich war.',
    button: 'Bestätigen',
    done: 'Deine Mailadresse ist bestätigt',
    doneText: 'Du kannst diese Seite schließen und dort weitermachen, wo du angefangen hast.',
    over: 'Dieser Link gilt nicht mehr',
    overText:
      'Er wurde benutzt, durch einen neueren ersetzt oder ist älter als eine Stunde. Fordere eine neue Mail an.',
  },
};

const overPage = (language: Language) =>
  page({ language, title: words[language].over, text: words[language].overText, status: 400 });

/** The page behind the link of a mail. It asks once more, since programs that check mails follow links too. */
export const confirmEmail = (validations: EmailValidations): Endpoint[] => [
  endpoint({
    method: 'GET',
    path,
    auth: 'none',
    limit: 'login',
    async handle({ query, headers }) {
      const language = languageOf(headers['accept-language']);
      const [sid, token] = [String(query.sid ?? ''), String(query.token ?? '')];
      if (!(await validations.isOpen(sid, token))) return overPage(language);
      const { ask, askText, button } = words[language];
      return page({ language, title: ask, text: askText, form: { button, hidden: { sid, token } } });
    },
  }),
  endpoint({
    method: 'POST',
    path,
    auth: 'none',
    limit: 'login',
    rawBody: true,
    async handle({ stream, headers }) {
      const language = languageOf(headers['accept-language']);
      const form = await readForm(stream);
      const [sid, token] = [form.get('sid') ?? '', form.get('token') ?? ''];
      if (!(await validations.isOpen(sid, token))) return overPage(language);
      const { nextLink } = await validations.confirm(sid, token);
      if (nextLink !== undefined)
        return new Reply({ status: 303, headers: { 'content-type': 'text/plain', Location: nextLink }, body: '' });
      return page({ language, title: words[language].done, text: words[language].doneText });
    },
  }),
];
