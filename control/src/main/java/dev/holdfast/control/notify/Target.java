package dev.holdfast.control.notify;

/**
 * A channel that hears something.
 *
 * @param stack whose channel it is; empty for one of the server
 * @param channel its name there
 */
record Target(String stack, String channel) {
    static final String SERVER = "";
}
