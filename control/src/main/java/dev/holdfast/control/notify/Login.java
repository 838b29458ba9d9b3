package dev.holdfast.control.notify;

import dev.holdfast.control.config.Secret;

/**
 * A user and a password.
 *
 * @param user the name
 * @param password the password
 */
public record Login(String user, Secret password) {}
