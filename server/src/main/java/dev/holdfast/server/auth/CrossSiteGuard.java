package dev.holdfast.server.auth;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps other sites from changing something in the name of a browser that is signed in here. Browsers say where a request comes
 * from, in {@code Sec-Fetch-Site} or {@code Origin}, and no script can change that.
 */
public final class CrossSiteGuard {
    private final Supplier<Optional<URI>> ownUrl;

    /**
     * @param ownUrl under which people reach this server, if proxies change the header {@code Host}; else what that header
     *     says is believed
     */
    public CrossSiteGuard(Supplier<Optional<URI>> ownUrl) {
        this.ownUrl = ownUrl;
    }

    /** Whether a request may use a cookie: it changes nothing, or it comes from our own pages. */
    public boolean admitsCookie(WebRequest request) {
        return request.isSafe() || isOurs(request).orElse(false);
    }

    /**
     * Whether a request without any credential may do something for the browser, such as signing in: nobody may be signed in
     * as somebody else by another site. What is no browser says nothing, and may.
     */
    public boolean admitsSignIn(WebRequest request) {
        return isOurs(request).orElse(true);
    }

    /** Whether a page of ours sent the request; empty if the client does not say. */
    private Optional<Boolean> isOurs(WebRequest request) {
        if (!request.all("sec-fetch-site").isEmpty()) {
            return Optional.of(request.only("sec-fetch-site")
                    .filter(site -> site.equals("same-origin") || site.equals("none"))
                    .isPresent());
        }
        if (!request.all("origin").isEmpty()) {
            return Optional.of(request.only("origin")
                    .filter(origin -> isOwn(origin, request))
                    .isPresent());
        }
        return Optional.empty();
    }

    private boolean isOwn(String origin, WebRequest request) {
        String plain = origin.toLowerCase(Locale.ROOT);
        return ownUrl.get().map(CrossSiteGuard::origin).filter(plain::equals).isPresent()
                || request.only("host")
                        .map(host -> (request.secure() ? "https://" : "http://") + host.toLowerCase(Locale.ROOT))
                        .filter(plain::equals)
                        .isPresent();
    }

    private static String origin(URI url) {
        String port = url.getPort() < 0 ? "" : ":" + url.getPort();
        return (url.getScheme() + "://" + url.getHost() + port).toLowerCase(Locale.ROOT);
    }
}
