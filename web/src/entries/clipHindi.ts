import { clip } from "../shared/i18n/hi/clip";
import { common } from "../shared/i18n/hi/common";

/** Loaded on demand. */
export const texts = { ...common, ...clip };
