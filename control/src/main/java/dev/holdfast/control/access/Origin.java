package dev.holdfast.control.access;

/** Where a user comes from. */
public sealed interface Origin {
    Origin OWN = new Own();

    /** Made here; signs in with a password, or not at all and only has tokens. */
    record Own() implements Origin {}

    /**
     * Known by an identity provider, which decides on the role at every sign-in.
     *
     * @param issuer the provider's URL
     * @param subject the user's id there, which never changes
     */
    record Provider(String issuer, String subject) implements Origin {}
}
