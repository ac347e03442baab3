/** A part that comes in a file of its own, so that the first picture does not wait for it. */
import type { ComponentType, VNode } from 'preact';
import { createContext, h } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

const Waiting = createContext<VNode | null>(null);

export function Suspense(props: { readonly fallback: VNode; readonly children: VNode }) {
  return <Waiting.Provider value={props.fallback}>{props.children}</Waiting.Provider>;
}

export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const fallback = useContext(Waiting);
    const [, redraw] = useState(0);
    useEffect(() => {
      if (!loaded)
        void load().then((component) => {
          loaded = component;
          redraw((n) => n + 1);
        });
    }, []);
    return loaded ? h(loaded as ComponentType<object>, props) : fallback;
  };
}
