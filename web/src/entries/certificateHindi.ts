import { certificate } from "../shared/i18n/hi/certificate";
import { common } from "../shared/i18n/hi/common";

/** Loaded on demand. */
export const texts = { ...common, ...certificate };
