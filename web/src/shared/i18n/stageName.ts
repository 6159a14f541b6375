import type { I18nState } from "./i18n";

/** The stage in the reader's language where it is one of our templates' stages. */
export function stageName(name: string, lookup: I18nState["lookup"]): string {
  return lookup(`stageName.${name.trim().toLowerCase()}`) ?? name;
}

/** The work type in the reader's language; a workshop's own template keeps its name. */
export function workTypeName(name: string, lookup: I18nState["lookup"]): string {
  return lookup(`work.${name.trim()}`) ?? name;
}
