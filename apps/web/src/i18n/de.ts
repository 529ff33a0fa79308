/** Deutsch. */
import type { Catalogue } from './catalogues.ts';
import { pluralOf } from './plural.ts';

const plural = pluralOf('de');

export const de: Catalogue = {
  app: {
    name: 'Sotto',
    promise: 'Nachrichten, die nur die Menschen im Raum lesen können.',
    loading: 'Wird geladen',
    language: 'Sprache',
    languageSystem: 'Wie dieser Browser',
    theme: 'Darstellung',
    themeSystem: 'System',
    themeLight: 'Hell',
    themeDark: 'Dunkel',
    close: 'Schließen',
    cancel: 'Abbrechen',
    retry: 'Noch einmal versuchen',
    back: 'Zurück',
    you: 'Du',
  },
  login: {
    title: 'Anmelden',
    username: 'Benutzername',
    password: 'Passwort',
    show: 'Passwort anzeigen',
    hide: 'Passwort verbergen',
    submit: 'Anmelden',
    noAccount: 'Noch kein Konto? Bitte jemanden auf diesem Server um einen Einladungslink.',
    expiredTitle: 'Melde dich neu an',
    expired: 'Der Server hat diese Sitzung beendet. Melde dich an, um weiterzumachen.',
    checkingInvite: 'Dein Einladungslink wird geprüft',
    firstTitle: 'Sotto einrichten',
    firstLead:
      'Du bist als Erste oder Erster hier. Lege dein Konto an: Es kann andere einladen und diesen Server verwalten.',
    inviteTitle: 'Lege dein Konto an',
    invitedTo: (person, room) => `${person} hat dich in ${room} eingeladen.`,
    invitedBy: (person) => `${person} hat dich zu Sotto eingeladen.`,
    invited: 'Du wurdest zu Sotto eingeladen.',
    usernameHelp: 'Kleine Buchstaben, Ziffern und . _ - Darüber wirst du gefunden. Er bleibt, wie er ist.',
    usernameEmpty: 'Wähle einen Benutzernamen.',
    usernameWrong: (wrong) => `Im Benutzernamen geht „${wrong}“ nicht. Nimm a bis z, 0 bis 9 und . _ -`,
    usernameLong: 'Das ist zu lang. Nimm höchstens 64 Zeichen.',
    passwordHelp: 'Mindestens 10 Zeichen. Mehrere Wörter lassen sich leicht merken und schwer erraten.',
    passwordEmpty: 'Gib dein Passwort ein.',
    passwordShort: (missing) => plural(missing, { one: 'Ein Zeichen fehlt noch.', other: 'Noch # Zeichen fehlen.' }),
    passwordIsName: 'Nimm etwas anderes als deinen Benutzernamen.',
    register: 'Konto anlegen',
    haveAccount: 'Ich habe schon ein Konto',
  },
  doors: {
    starting: 'Deine Chats werden geöffnet',
    elsewhereTitle: 'Sotto ist in einem anderen Tab offen',
    elsewhere:
      'Nur ein Tab zugleich kann deine Schlüssel halten. Es geht nichts verloren: Der andere Tab hält an, wenn du hier weitermachst.',
    useHere: 'Hier verwenden',
    failedTitle: 'Deine Chats konnten nicht geöffnet werden',
  },
  problems: {
    network: 'Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuche es noch einmal.',
    'wrong-credentials': 'Benutzername oder Passwort ist falsch.',
    'user-taken': 'Dieser Benutzername ist vergeben. Wähle einen anderen.',
    'bad-username': 'Dieser Benutzername geht hier nicht. Wähle einen anderen.',
    'weak-password': 'Dieses Passwort ist zu leicht zu erraten. Wähle ein längeres.',
    'bad-invite-link': 'Dieser Link wurde schon benutzt oder gilt nicht mehr. Bitte um einen neuen.',
    'registration-closed': 'Auf diesem Server können keine neuen Konten angelegt werden.',
    forbidden: 'Das darfst du nicht.',
    'not-found': 'Unter diesem Namen wurde nichts gefunden.',
    'too-large': 'Das ist zu lang, um auf einmal gesendet zu werden.',
    'rate-limited': 'Das war zu oft in kurzer Zeit.',
    'not-encrypted': 'Es wurde nicht gesendet, weil es nicht verschlüsselt werden konnte.',
    'encryption-not-ready': 'Die Verschlüsselung ist noch nicht bereit. Versuche es gleich noch einmal.',
    storage: 'Dieser Browser lässt Sotto nichts speichern. Prüfe den freien Platz und den privaten Modus.',
    unknown: 'Etwas ist schiefgegangen.',
    waitSeconds: (seconds) =>
      plural(seconds, {
        one: 'Versuche es in einer Sekunde noch einmal.',
        other: 'Versuche es in # Sekunden noch einmal.',
      }),
  },
};
