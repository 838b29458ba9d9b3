package dev.holdfast.server.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the web server refuses before any route sees it: as a problem document, and without a word of its own. */
final class BareErrors extends ErrorHandler {
    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        fields(response.getHeaders());
        response.write(true, body(code), callback);
    }

    private static void fields(HttpFields.Mutable fields) {
        fields.put(new HttpField(HttpHeader.CONTENT_TYPE, Problem.TYPE));
        fields.put(new HttpField(HttpHeader.CACHE_CONTROL, "no-store"));
        // the web server ends the connection after such a request, and does not say so
        fields.put(new HttpField(HttpHeader.CONNECTION, "close"));
        fields.put(new HttpField("X-Content-Type-Options", "nosniff"));
    }

    private static ByteBuffer body(int status) {
        return ByteBuffer.wrap(Json.bytes(Failures.ofStatus(status)));
    }
}
