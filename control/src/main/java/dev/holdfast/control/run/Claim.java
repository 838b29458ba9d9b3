package dev.holdfast.control.run;

/**
 * The right to carry a run out and to write its end. Whoever takes a run over ends the claim of the one before.
 *
 * @param server id of the server that has it
 * @param number grows with each claim of the same run
 */
record Claim(RunId run, String server, long number) {}
