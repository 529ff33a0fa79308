import { MatrixError } from '@sotto/protocol';
import type { InteractiveAuth, Stage } from '../../../services/accounts/interactive-auth.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { type Language, languageOf, page, readForm } from '../../page.ts';

const path = '/v3/auth/:authType/fallback/web';

/** What the specification has the page do when the stage is complete ("Fallback"). */
const tellClient =
  'if(window.onAuthDone){window.onAuthDone()}' +
  'else if(window.opener&&window.opener.postMessage){window.opener.postMessage("authDone","*")}';

const words = {
  en: {
    'm.login.registration_token': ['You need an invitation', 'Enter the code that you were given.', 'Code'],
    'm.login.dummy': ['One more step', 'Press the button to go on.', undefined],
    button: 'Continue',
    done: ['Done', 'You can close this page and go on in your app.'],
    wrong: 'That was not right. Check it and try again.',
    over: ['This page no longer works', 'Begin again in your app.'],
  },
  de: {
    'm.login.registration_token': ['Du brauchst eine Einladung', 'Gib den Code ein, den du bekommen hast.', 'Code'],
    'm.login.dummy': ['Noch ein Schritt', 'Drücke den Knopf, um weiterzumachen.', undefined],
    button: 'Weiter',
    done: ['Fertig', 'Du kannst diese Seite schließen und in deiner App weitermachen.'],
    wrong: 'Das stimmte nicht. Prüfe es und versuche es noch einmal.',
    over: ['Diese Seite gilt nicht mehr', 'Fang in deiner App noch einmal an.'],
  },
} as const;

/** Stages that can be done on a page. A password is none: it is asked by the app that one trusts with it. */
type PageStage = 'm.login.registration_token' | 'm.login.dummy';

function stageOf(authType: string): PageStage {
  if (authType === 'm.login.registration_token' || authType === 'm.login.dummy') return authType;
  throw new MatrixError('M_UNRECOGNIZED', 'There is no page for this way to authenticate.');
}

function stagePage(language: Language, stage: PageStage, problem?: string) {
  const [title, text, label] = words[language][stage];
  const field = label === undefined ? {} : { field: { name: 'token', label } };
  return page({ language, title, text: problem ?? text, form: { button: words[language].button, ...field } });
}

function overPage(language: Language) {
  const [title, text] = words[language].over;
  return page({ language, title, text, status: 404 });
}

function donePage(language: Language) {
  const [title, text] = words[language].done;
  return page({ language, title, text, script: tellClient });
}

/** GET and POST /auth/{authType}/fallback/web (specification, "Fallback"): a stage as a page in a browser. */
export const authFallback = (interactiveAuth: InteractiveAuth): Endpoint[] => {
  const isOpen = (session: string, stage: Stage) =>
    interactiveAuth.stateOf(session)?.flows.some((stages) => stages.includes(stage)) === true;
  return [
    endpoint({
      method: 'GET',
      path,
      auth: 'none',
      limit: 'login',
      async handle({ params, query, headers }) {
        const [language, stage] = [languageOf(headers['accept-language']), stageOf(params.authType)];
        const session = String(query.session ?? '');
        if (!isOpen(session, stage)) return overPage(language);
        const isDone = interactiveAuth.stateOf(session)?.completed.has(stage) === true;
        return isDone ? donePage(language) : stagePage(language, stage);
      },
    }),
    endpoint({
      method: 'POST',
      path,
      auth: 'none',
      limit: 'login',
      rawBody: true,
      async handle({ params, query, headers, stream }) {
        const [language, stage] = [languageOf(headers['accept-language']), stageOf(params.authType)];
        const session = String(query.session ?? '');
        const form = await readForm(stream);
        if (!isOpen(session, stage)) return overPage(language);
        try {
          await interactiveAuth.completeStage(session, stage, { type: stage, token: form.get('token') ?? '' });
          return donePage(language);
        } catch (error) {
          if (error instanceof MatrixError && error.status < 500)
            return stagePage(language, stage, words[language].wrong);
          throw error;
        }
      },
    }),
  ];
};
