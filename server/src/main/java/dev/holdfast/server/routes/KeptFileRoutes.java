package dev.holdfast.server.routes;

import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.Ledger;
import dev.holdfast.control.export.LedgerEntry.Written;
import dev.holdfast.control.stack.StackRecord;
import dev.holdfast.engine.error.Busy;
import dev.holdfast.engine.error.Damaged;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import dev.holdfast.engine.place.FileName;
import dev.holdfast.engine.place.FilePlace;
import dev.holdfast.engine.place.PlacedFile;
import dev.holdfast.server.http.Admission;
import dev.holdfast.server.http.Answer;
import dev.holdfast.server.http.Call;
import dev.holdfast.server.http.Route;
import dev.holdfast.server.services.Services;
import dev.holdfast.server.view.ExportLinkView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Files that exports keep in places, fetched; only those that the place's ledger names for the stack. */
public final class KeptFileRoutes {
    private static final int AT_ONCE = 6;
    private static final String BYTES = "application/octet-stream";
    private static final String FILE = ExportRoutes.PLACE + "/file";

    private final Services services;
    private final Semaphore downloads = new Semaphore(AT_ONCE);

    public KeptFileRoutes(Services services) {
        this.services = services;
    }

    /** A link that is asked for. */
    record Order(String name, Optional<Long> seconds) {}

    public List<Route> all() {
        return List.of(
                Route.get(FILE, Admission.OPERATOR, this::fetch),
                Route.post(ExportRoutes.PLACE + "/links", Admission.OPERATOR, this::link));
    }

    private Answer fetch(Call call) {
        StackRecord stack = ExportRoutes.stack(services, call);
        ExportConfig export = ExportRoutes.chosen(stack, call.text("export"), call.text("place"));
        Written file;
        try (FilePlace place = open(export)) {
            file = find(place, stack, export, call.text("name"));
        }
        return new Answer.Download(file.name().last(), BYTES, out -> copy(export, file, out));
    }

    private FilePlace open(ExportConfig export) {
        return services.connectors()
                .exportPlaces()
                .open(export.places().getFirst().config());
    }

    /** Nothing that is no file of this export, as it was written, is there for whoever asks. */
    private static Written find(FilePlace place, StackRecord stack, ExportConfig export, String name) {
        FileName wanted = new FileName(name);
        Written file = new Ledger(place)
                .find(stack.name(), export.name(), wanted)
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME,
                        "export '" + export.name() + "' keeps no whole file of that name there",
                        "the list of the place has their names."));
        Optional<PlacedFile> found = place.find(wanted);
        if (found.isEmpty() || found.get().bytes() != file.bytes().orElse(-1)) {
            throw new Missing(
                    ErrorCode.STORE_OBJECT_MISSING,
                    "'" + place.location(wanted) + "' is not there as it was written",
                    "fetch it from another place, or export the snapshot again.");
        }
        return file;
    }

    private void copy(ExportConfig export, Written file, OutputStream out) throws IOException {
        if (!downloads.tryAcquire()) {
            throw new Busy(
                    ErrorCode.TOO_MANY_REQUESTS, AT_ONCE + " downloads are under way", "wait until one has ended.");
        }
        try (FilePlace place = open(export);
                InputStream in = place.open(file.name())) {
            long copied = in.transferTo(out);
            if (copied != file.bytes().orElse(-1)) {
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "'" + place.location(file.name()) + "' has " + copied + " bytes now",
                        "fetch it from another place.");
            }
        } finally {
            downloads.release();
        }
    }

    /** A link of the place's own goes past this server; a place without any is reached through it. */
    private Answer link(Call call) {
        StackRecord stack = ExportRoutes.stack(services, call);
        ExportConfig export = ExportRoutes.chosen(stack, call.text("export"), call.text("place"));
        Order order = call.body(Order.class);
        Duration life = LinkRoutes.life(services, order.seconds().map(Duration::ofSeconds));
        try (FilePlace place = open(export)) {
            Written file = find(place, stack, export, order.name());
            Optional<URI> own = place.link(file.name(), life);
            call.note("file=" + file.name()
                    + own.map(_ -> " link for " + life.toSeconds() + " s").orElse(""));
            String through = through(stack, export, file.name());
            return Answer.created(
                    through,
                    new ExportLinkView(
                            own.map(URI::toString).orElseGet(() -> publicUrl() + through),
                            own.isPresent(),
                            own.map(_ -> services.clock().instant().plus(life))));
        }
    }

    private String publicUrl() {
        return services.settings().publicUrl().map(URI::toString).orElse("");
    }

    private static String through(StackRecord stack, ExportConfig export, FileName name) {
        return FILE.replace("{stack}", encoded(stack.name()))
                        .replace("{export}", encoded(export.name()))
                        .replace("{place}", encoded(export.places().getFirst().name()))
                + "?name=" + encoded(name.text());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
