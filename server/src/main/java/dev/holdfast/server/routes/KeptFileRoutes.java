package dev.holdfast.server.routes;

import dev.holdfast.control.export.Checksum;
import dev.holdfast.control.export.ExportConfig;
import dev.holdfast.control.export.KeptTree;
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
import dev.holdfast.server.view.KeptFileView;
import dev.holdfast.server.view.PageView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Files that exports keep in places, those of trees too: listed and fetched. Only those that the place's ledger names for the stack,
 * itself or by the list of a tree.
 */
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
                Route.get(ExportRoutes.PLACE + "/tree", Admission.VIEWER, this::list),
                Route.get(FILE, Admission.OPERATOR, this::fetch),
                Route.post(ExportRoutes.PLACE + "/links", Admission.OPERATOR, this::link));
    }

    private Answer list(Call call) {
        StackRecord stack = ExportRoutes.stack(services, call);
        ExportConfig export = ExportRoutes.chosen(stack, call.text("export"), call.text("place"));
        int after = call.number("after", 0);
        int limit = call.number("limit", RunRoutes.DEFAULT_LIMIT);
        List<Written> files = reading(
                export, place -> tree(place, stack, export, call.text("name")).files(after, limit + 1));
        return Answer.ok(PageView.of(files, limit, KeptFileView::of, _ -> String.valueOf((long) after + limit)));
    }

    private static KeptTree tree(FilePlace place, StackRecord stack, ExportConfig export, String name) {
        return new Ledger(place)
                .tree(stack.name(), export.name(), new FileName(name))
                .orElseThrow(() -> new Missing(
                        ErrorCode.UNKNOWN_NAME,
                        "export '" + export.name() + "' keeps no whole tree of that name there",
                        "the list of the place has their names."));
    }

    private Answer fetch(Call call) {
        StackRecord stack = ExportRoutes.stack(services, call);
        ExportConfig export = ExportRoutes.chosen(stack, call.text("export"), call.text("place"));
        Written file = reading(export, place -> find(place, stack, export, call.text("name")));
        return new Answer.Download(file.name().last(), BYTES, out -> {
            begin();
            try (FilePlace place = open(export)) {
                copy(place, file, out);
            } finally {
                downloads.release();
            }
        });
    }

    /** Ledgers and lists may be long, so whoever looks into them counts as one who fetches. */
    private <T> T reading(ExportConfig export, Function<FilePlace, T> work) {
        begin();
        try (FilePlace place = open(export)) {
            return work.apply(place);
        } finally {
            downloads.release();
        }
    }

    private void begin() {
        if (!downloads.tryAcquire()) {
            throw new Busy(
                    ErrorCode.TOO_MANY_REQUESTS, AT_ONCE + " downloads are under way", "wait until one has ended.");
        }
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
                        "the list of the place, or that of a tree, has their names."));
        Optional<PlacedFile> found = place.find(wanted);
        if (found.isEmpty() || found.get().bytes() != file.bytes().orElse(-1)) {
            throw new Missing(
                    ErrorCode.STORE_OBJECT_MISSING,
                    "'" + place.location(wanted) + "' is not there as it was written",
                    "fetch it from another place, or export the snapshot again.");
        }
        return file;
    }

    private static void copy(FilePlace place, Written file, OutputStream out) throws IOException {
        try (InputStream in = place.open(file.name());
                DigestInputStream digested = new DigestInputStream(in, Checksum.SHA256.newDigest())) {
            long copied = digested.transferTo(out);
            String digest = HexFormat.of().formatHex(digested.getMessageDigest().digest());
            if (copied != file.bytes().orElse(-1) || !digest.equals(file.sha256())) {
                throw new Damaged(
                        ErrorCode.DAMAGED,
                        "'" + place.location(file.name()) + "' is not as it was written",
                        "fetch it from another place.");
            }
        }
    }

    /** A link of the place's own goes past this server; a place without any is reached through it. */
    private Answer link(Call call) {
        StackRecord stack = ExportRoutes.stack(services, call);
        ExportConfig export = ExportRoutes.chosen(stack, call.text("export"), call.text("place"));
        Order order = call.body(Order.class);
        Duration life = LinkRoutes.life(services, order.seconds().map(Duration::ofSeconds));
        return reading(export, place -> {
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
        });
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
