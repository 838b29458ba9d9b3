package dev.holdfast.control.config;

/**
 * Something that must never be shown.
 *
 * @param text the secret itself
 */
public record Secret(String text) {
    @Override
    public String toString() {
        return "Secret[...]";
    }
}
