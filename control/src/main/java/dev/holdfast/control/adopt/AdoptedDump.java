package dev.holdfast.control.adopt;

import dev.holdfast.connectors.dump.DumpFormat;
import dev.holdfast.connectors.dump.DumpReport;
import dev.holdfast.connectors.dump.DumpReport.Packed;
import dev.holdfast.connectors.postgres.DumpContents;
import dev.holdfast.connectors.postgres.TrialDump;
import dev.holdfast.connectors.postgres.TrialDump.Kind;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Unsupported;
import java.io.InputStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * A dump of a database that another tool made.
 *
 * @param backup which one
 * @param sha256 of its file as it lies there, in hexadecimal digits
 * @param report what was found in it
 * @param opened opens it again, with its layers taken off
 * @param where it is, for people
 */
public record AdoptedDump(
        AdoptedBackup backup, String sha256, DumpReport report, Supplier<InputStream> opened, String where)
        implements AdoptedContent {
    @Override
    public List<String> proven() {
        return report.proven();
    }

    /**
     * As PostgreSQL's programs restore it.
     *
     * @throws Unsupported (USAGE) if it is no dump of one database
     */
    public TrialDump ofOneDatabase() {
        DumpContents contents = report.database().orElseThrow(this::none);
        if (contents.ofServer()) {
            throw new Unsupported(
                    ErrorCode.USAGE,
                    "'" + where + "' is of a whole server, and cannot be taken for one database",
                    "restore it with psql into a server without databases, and back that up.");
        }
        return new TrialDump(kind(), contents, opened, where);
    }

    private Kind kind() {
        if (report.format() == DumpFormat.CUSTOM) {
            return Kind.CUSTOM;
        }
        if (report.format() == DumpFormat.SQL) {
            return Kind.SCRIPT;
        }
        if (report.packed() == Packed.TAR_DUMP) {
            return Kind.TAR;
        }
        throw none();
    }

    private Unsupported none() {
        return new Unsupported(
                ErrorCode.USAGE,
                "'" + where + "' is " + report.format().label() + ", and no dump of a database that is restored here",
                "unpack it with the tool that made it.");
    }
}
