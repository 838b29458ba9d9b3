/**
 * {@code holdfast demo}: fills a shop, backs it up with the real command line, destroys it, restores it and looks whether
 * everything is back. Imports nothing of Holdfast and drives it as a user does, by commands, exit codes and JSON. Servers
 * live in {@code stand}, data in {@code shop}. Invariant: the exit code is 0 only when every command succeeded, every number
 * it reported was there and not zero, and the shop's own look after the restore equals the one before the loss.
 */
@NullMarked
package dev.holdfast.demo;

import org.jspecify.annotations.NullMarked;
