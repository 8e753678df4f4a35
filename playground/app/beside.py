"""Which runs are shown in the pictures of the one on screen: of Compare, branches, or one whose link is pasted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.app import session
from playground.run.beside import MOST_BESIDE, candidates, lettered
from playground.run.compared import from_link, titles
from playground.run.experiment import Experiment


def choose(most: int = MOST_BESIDE) -> list[Experiment]:
    """How to choose them; the runs to show, at most so many of those that were chosen on this page or another."""
    run = session.experiment()
    others = (*session.beside(), *session.side_by_side(), *(branch.run for branch in session.branches()))
    fitting, refused = candidates(run, others)
    chosen = [other for other in session.beside() if other in fitting][:most]
    told = [session.plain(text) for text in lettered(run, chosen)]
    with st.popover(f"Beside it: {' and '.join(told)}" if told else "Another run beside it", icon=":material/compare:"):
        st.markdown("Shows another run in the same pictures: one of *Compare*, a branch, or one whose link you paste.")
        if fitting:
            _pick(run, fitting, chosen, most)
        st.text_input("A link", key="beside_link", on_change=_paste, placeholder="Paste a copied link, then Enter")
        if refused:
            why = "; ".join(f"{session.plain(title)}: {reason}" for title, reason in refused.items())
            st.caption(f"Not in one picture with this run: {why}.")
    return chosen


def _pick(run: Experiment, fitting: Sequence[Experiment], chosen: Sequence[Experiment], most: int) -> None:
    names = [other.name for other in fitting]
    told = {other.name: session.plain(titles([run, other])[1]) for other in fitting}
    key = f"beside_{'_'.join(name[:4] for name in names)}_{most}_{'_'.join(other.name[:4] for other in chosen)}"
    now = [other.name for other in chosen]
    if most == 1:
        picked = st.pills("Run", names, default=now[0] if now else None, format_func=told.__getitem__, key=key)
        wanted = [picked] if picked else []
    else:
        wanted = st.pills("Runs", names, selection_mode="multi", default=now, format_func=told.__getitem__, key=key)
    if set(wanted) != set(now):
        by_name = {other.name: other for other in fitting}
        if len(wanted) > most:
            session.notify(f"At most {most} runs are shown beside another.")
        session.set_beside(*(by_name[name] for name in wanted[:most]))
        st.rerun()


def _paste() -> None:
    text = (session.said("beside_link") or "").strip()
    if not text:
        return
    run, problems = from_link(text)
    for sentence in problems:
        session.notify(sentence)
    if problems:
        return
    fitting, refused = candidates(session.experiment(), [run])
    if fitting:
        session.set_beside(run, *(other for other in session.beside() if other != run))
    else:
        why = next(iter(refused.values()), "the very run on screen")
        session.notify(f"This run cannot be shown in the same pictures: it has {why}.")
