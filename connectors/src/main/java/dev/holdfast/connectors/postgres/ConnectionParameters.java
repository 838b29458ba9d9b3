package dev.holdfast.connectors.postgres;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What becomes of each keyword of libpq: it is honoured by every connection of a run (the driver's, our own, and those of
 * pg_dump and pg_restore), or refused by name. None is dropped.
 */
final class ConnectionParameters {
    private static final Pattern ANY = Pattern.compile("(?s).*");
    private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,6}");
    private static final Pattern SWITCH = Pattern.compile("[01]");
    private static final Pattern TLS = Pattern.compile("TLSv1|TLSv1\\.1|TLSv1\\.2|TLSv1\\.3");

    /** Those that are kept under their name, and how their values look. */
    private static final Map<String, Pattern> HONOURED = Map.ofEntries(
            Map.entry("application_name", ANY),
            Map.entry("channel_binding", Pattern.compile("disable|prefer|require")),
            Map.entry("connect_timeout", SECONDS),
            Map.entry("keepalives", SWITCH),
            Map.entry("keepalives_count", SECONDS),
            Map.entry("keepalives_idle", SECONDS),
            Map.entry("keepalives_interval", SECONDS),
            Map.entry("load_balance_hosts", Pattern.compile("disable|random")),
            Map.entry("options", ANY),
            Map.entry("require_auth", Pattern.compile("!?[a-z0-9-]+(,!?[a-z0-9-]+)*")),
            Map.entry("ssl_max_protocol_version", Pattern.compile("TLSv1\\.2|TLSv1\\.3")),
            Map.entry("ssl_min_protocol_version", TLS),
            Map.entry("sslcert", ANY),
            Map.entry("sslcertmode", Pattern.compile("allow|disable")),
            Map.entry("sslkey", ANY),
            Map.entry("sslmode", Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full")),
            Map.entry("sslnegotiation", Pattern.compile("postgres|direct")),
            Map.entry("sslrootcert", ANY),
            Map.entry(
                    "target_session_attrs",
                    Pattern.compile("any|read-write|read-only|primary|standby|prefer-standby")));

    /** Those of which only one choice is what we do anyway. */
    private static final Map<String, Pattern> AS_WE_DO = Map.of(
            "client_encoding", Pattern.compile("(?i)auto|utf-?8|unicode"),
            "gssdelegation", Pattern.compile("0"),
            "gssencmode", Pattern.compile("disable|prefer"),
            "max_protocol_version", Pattern.compile("3\\.0|3\\.2|latest"),
            "min_protocol_version", Pattern.compile("3\\.0"),
            "replication", Pattern.compile("(?i)false|off|no|0"),
            "sslcompression", Pattern.compile("0"),
            "sslsni", Pattern.compile("1"),
            "tcp_user_timeout", Pattern.compile("0"));

    private static final String NO_KERBEROS =
            "Kerberos is not supported; use a password or a client certificate, and leave it out.";
    private static final String NO_REVOCATION =
            "lists of revoked certificates are not read; give sslrootcert a certificate authority of its own instead.";

    /** Why a keyword, or a choice of it, cannot be honoured, and what to do. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry(
                    "client_encoding",
                    "names travel as UTF-8 and rows in the encoding of the database, whatever it says; leave it out."),
            Map.entry("gssdelegation", NO_KERBEROS),
            Map.entry("gssencmode", NO_KERBEROS),
            Map.entry("gsslib", NO_KERBEROS),
            Map.entry("krbsrvname", NO_KERBEROS),
            Map.entry("max_protocol_version", "connections use version 3.0 of the protocol; leave it out."),
            Map.entry("min_protocol_version", "connections use version 3.0 of the protocol; leave it out."),
            Map.entry("replication", "a backup does not stream a replication slot; leave it out."),
            Map.entry(
                    "requirepeer",
                    "the owner of a server behind a socket is not looked at; protect the folder of the socket."),
            Map.entry("service", "a service does not name another one."),
            Map.entry("sslcertmode", "whether the server asks for a certificate is its own affair; leave it out."),
            Map.entry("sslcompression", "compression of TLS is unsafe; leave it out."),
            Map.entry("sslcrl", NO_REVOCATION),
            Map.entry("sslcrldir", NO_REVOCATION),
            Map.entry("sslkeylogfile", "secrets of connections are not written to files; leave it out."),
            Map.entry("sslsni", "the name of the server is always told to it; leave it out."),
            Map.entry("ssl_max_protocol_version", "the oldest that is used is TLSv1.2; write TLSv1.2 or TLSv1.3."),
            Map.entry(
                    "tcp_user_timeout",
                    "a dead connection is noticed by keepalives; use keepalives_idle, keepalives_interval and"
                            + " keepalives_count."));

    /** Keywords that a place of their own in {@link PostgresLocation} takes. */
    private static final Set<String> PLACES = Set.of(
            "host",
            "hostaddr",
            "port",
            "dbname",
            "user",
            "password",
            "passfile",
            "service",
            "servicefile",
            "sslpassword");

    /** Variables of the environment that stand for keywords, as far as they may matter. */
    private static final Map<String, String> VARIABLES = Map.ofEntries(
            Map.entry("PGHOST", "host"),
            Map.entry("PGHOSTADDR", "hostaddr"),
            Map.entry("PGPORT", "port"),
            Map.entry("PGDATABASE", "dbname"),
            Map.entry("PGUSER", "user"),
            Map.entry("PGPASSWORD", "password"),
            Map.entry("PGPASSFILE", "passfile"),
            Map.entry("PGCHANNELBINDING", "channel_binding"),
            Map.entry("PGOPTIONS", "options"),
            Map.entry("PGAPPNAME", "application_name"),
            Map.entry("PGSSLMODE", "sslmode"),
            Map.entry("PGREQUIRESSL", "requiressl"),
            Map.entry("PGSSLNEGOTIATION", "sslnegotiation"),
            Map.entry("PGSSLCERT", "sslcert"),
            Map.entry("PGSSLKEY", "sslkey"),
            Map.entry("PGSSLCERTMODE", "sslcertmode"),
            Map.entry("PGSSLROOTCERT", "sslrootcert"),
            Map.entry("PGSSLCRL", "sslcrl"),
            Map.entry("PGSSLCRLDIR", "sslcrldir"),
            Map.entry("PGSSLSNI", "sslsni"),
            Map.entry("PGREQUIREPEER", "requirepeer"),
            Map.entry("PGREQUIREAUTH", "require_auth"),
            Map.entry("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
            Map.entry("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
            Map.entry("PGGSSENCMODE", "gssencmode"),
            Map.entry("PGCONNECT_TIMEOUT", "connect_timeout"),
            Map.entry("PGTARGETSESSIONATTRS", "target_session_attrs"),
            Map.entry("PGLOADBALANCEHOSTS", "load_balance_hosts"));

    private ConnectionParameters() {}

    /**
     * What a connection says, completed by its service, and that by the environment, as libpq does it.
     *
     * @param environment variables, {@code HOME} among them
     */
    static NavigableMap<String, String> complete(NavigableMap<String, String> said, Map<String, String> environment) {
        NavigableMap<String, String> all = withoutEmpty(said);
        Optional<String> service = Optional.ofNullable(all.get("service"))
                .or(() -> Optional.ofNullable(environment.get("PGSERVICE")).filter(name -> !name.isEmpty()));
        service.ifPresent(name -> withoutEmpty(
                        ServiceFile.keywords(name, Optional.ofNullable(all.get("servicefile")), environment))
                .forEach(all::putIfAbsent));
        VARIABLES.forEach((variable, keyword) -> {
            String value = environment.get(variable);
            if (value != null && !value.isEmpty()) {
                all.putIfAbsent(keyword, value);
            }
        });
        return all;
    }

    private static NavigableMap<String, String> withoutEmpty(NavigableMap<String, String> keywords) {
        NavigableMap<String, String> kept = new TreeMap<>(keywords);
        kept.values().removeIf(String::isEmpty);
        return kept;
    }

    /**
     * The parameters among the keywords, each with a value that can be honoured.
     *
     * @throws Invalid that names the first that cannot
     */
    static NavigableMap<String, String> checked(NavigableMap<String, String> keywords) {
        NavigableMap<String, String> parameters = new TreeMap<>();
        keywords.forEach((name, value) -> {
            if (!PLACES.contains(name)) {
                take(name, value, keywords, parameters);
            }
        });
        checkTogether(parameters);
        return parameters;
    }

    private static void take(
            String name, String value, NavigableMap<String, String> keywords, NavigableMap<String, String> parameters) {
        switch (name) {
            case "ssl", "requiressl" -> {
                if (!value.equals("true") && !value.equals("1") && !(name.equals("requiressl") && value.equals("0"))) {
                    throw refused(name, value, "use sslmode instead.");
                }
                if (!value.equals("0") && !keywords.containsKey("sslmode")) {
                    parameters.put("sslmode", "require");
                }
            }
            case "fallback_application_name" -> {
                if (!keywords.containsKey("application_name")) {
                    parameters.put("application_name", value);
                }
            }
            default -> takeChecked(name, value, parameters);
        }
    }

    private static void takeChecked(String name, String value, NavigableMap<String, String> parameters) {
        Pattern asWeDo = AS_WE_DO.get(name);
        if (asWeDo != null && asWeDo.matcher(value).matches()) {
            return;
        }
        Pattern honoured = HONOURED.get(name);
        if (honoured != null && honoured.matcher(value).matches()) {
            parameters.put(name, value);
            return;
        }
        String why = REFUSED.get(name);
        if (why != null) {
            throw refused(name, value, why);
        }
        if (honoured != null) {
            throw ConnectionString.invalid("the connection has " + name + " '" + value + "', expected "
                    + (honoured.equals(SECONDS)
                            ? "a whole number"
                            : honoured.pattern().replace("\\", "").replace("|", ", ")));
        }
        throw new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the connection has the parameter '" + name + "', which is not known",
                "those that are honoured: host, hostaddr, port, dbname, user, password, passfile, service, sslpassword, "
                        + String.join(", ", new TreeMap<>(HONOURED).keySet()) + ".");
    }

    private static Invalid refused(String name, String value, String why) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                "the connection has the parameter " + name + (value.length() > 40 ? "" : "=" + value)
                        + ", which cannot be honoured",
                why);
    }

    private static void checkTogether(NavigableMap<String, String> parameters) {
        boolean system = "system".equals(parameters.get("sslrootcert"));
        if (system && !parameters.getOrDefault("sslmode", "verify-full").equals("verify-full")) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the connection has sslmode '" + parameters.get("sslmode") + "' with sslrootcert=system",
                    "anybody can have a certificate of a public authority: use sslmode=verify-full.");
        }
        if (system) {
            parameters.put("sslmode", "verify-full");
        }
        if ("direct".equals(parameters.get("sslnegotiation"))
                && !parameters.getOrDefault("sslmode", "prefer").matches("require|verify-.*")) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the connection has sslnegotiation=direct with a sslmode that allows an unencrypted connection",
                    "use sslmode=require, or better verify-full.");
        }
    }
}
