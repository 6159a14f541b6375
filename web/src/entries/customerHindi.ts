import { common } from "../shared/i18n/hi/common";
import { customer } from "../shared/i18n/hi/customer";
import { stages } from "../shared/i18n/hi/stages";

/** Loaded on demand. */
export const texts = { ...common, ...stages, ...customer };
