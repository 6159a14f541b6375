import { claim } from "../shared/i18n/hi/claim";
import { common } from "../shared/i18n/hi/common";
import { consoleTexts } from "../shared/i18n/hi/console";
import { recordings } from "../shared/i18n/hi/recordings";
import { servers } from "../shared/i18n/hi/servers";
import { stages } from "../shared/i18n/hi/stages";

/** Loaded on demand. */
export const texts = { ...common, ...stages, ...consoleTexts, ...claim, ...servers, ...recordings };
