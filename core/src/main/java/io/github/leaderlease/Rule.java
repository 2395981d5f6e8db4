package io.github.leaderlease;

/** What one rule, told what has happened, makes of a candidate's state. */
@FunctionalInterface
interface Rule {

    Transition apply(ElectionState state, Candidacy me);
}
