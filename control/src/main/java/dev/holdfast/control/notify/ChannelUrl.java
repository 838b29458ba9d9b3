package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * The address of a channel. Who knows it may often write to the channel, so it is shown shortened.
 *
 * @param uri absolute, {@code http} or {@code https}, with a host and without user, password and fragment
 */
public record ChannelUrl(URI uri) {
    private static final Set<String> SCHEMES = Set.of("http", "https");

    public ChannelUrl {
        if (!isUsable(uri)) {
            throw unusable();
        }
    }

    /**
     * Reads an address.
     *
     * @throws Invalid if it is not one of a channel
     */
    public static ChannelUrl parse(String text) {
        try {
            return new ChannelUrl(new URI(text.strip()));
        } catch (URISyntaxException e) {
            // its message repeats the text, which may be a secret
            throw unusable();
        }
    }

    /** This address with more segments; what it asks for after a question mark stays behind them. */
    public ChannelUrl with(String segments) {
        String path = uri.getRawPath();
        String base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return parse(origin() + base + "/" + segments + query);
    }

    /** This address asking for something, besides what it asked for already. */
    public ChannelUrl asking(String query) {
        String before = uri.getRawQuery() == null ? "?" : "?" + uri.getRawQuery() + "&";
        return parse(origin() + uri.getRawPath() + before + query);
    }

    /** Scheme, host and port. */
    public String origin() {
        return uri.getScheme() + "://" + uri.getRawAuthority();
    }

    /** The address without what may be secret. */
    public String shown() {
        return uri.getRawPath().length() > 1 || uri.getRawQuery() != null ? origin() + "/..." : origin();
    }

    @Override
    public String toString() {
        return shown();
    }

    private static boolean isUsable(URI uri) {
        return uri.getScheme() != null
                && SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null;
    }

    private static Invalid unusable() {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the address of a channel is not a usable URL",
                "write it as https://host/path, without user and password in it.");
    }
}
