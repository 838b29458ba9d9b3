/**
 * The server as a process of this machine: where it keeps its state, which process it is, how it is started in the background
 * and ended. What it does lives in control and server; nothing here speaks HTTP or knows a command line.
 */
@NullMarked
package dev.holdfast.cli.service;

import org.jspecify.annotations.NullMarked;
