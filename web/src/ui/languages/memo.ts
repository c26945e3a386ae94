import {
  createContext,
  memo as reactMemo,
  useContext,
  type NamedExoticComponent,
  type ReactNode,
} from "react";
import type { Language } from "./language";

/** The language of what is being shown. */
export const LanguageContext = createContext<Language>("en");

/** React's `memo`, for a component that shows sentences: it is made anew also when the language changes. */
export function memo<P extends object>(component: (props: P) => ReactNode): NamedExoticComponent<P> {
  function Spoken(props: P): ReactNode {
    useContext(LanguageContext);
    return component(props);
  }
  Spoken.displayName = component.name;
  return reactMemo(Spoken);
}
