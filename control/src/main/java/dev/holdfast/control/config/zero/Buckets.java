package dev.holdfast.control.config.zero;

import dev.holdfast.control.config.BucketConfig;
import dev.holdfast.control.config.S3Config;
import dev.holdfast.control.config.S3Keys;
import dev.holdfast.control.config.S3Place;
import dev.holdfast.control.config.Secret;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The buckets that environment variables name: one that backups go to, and some that are backed up. For one thread. */
final class Buckets {
    private static final String USUAL_BUCKET = "backups";
    private static final String AWS = "s3.amazonaws.com";

    private final Variables variables;
    private final SourceNames names;

    Buckets(Variables variables, SourceNames names) {
        this.variables = variables;
        this.names = names;
    }

    /** Where an S3 server is and how to get in. */
    private record Server(Optional<URI> endpoint, String region, Optional<S3Keys> keys, boolean pathStyle) {
        S3Place place(String bucket, String prefix) {
            return new S3Place(endpoint, region, bucket, prefix, keys, pathStyle, S3Place.DEFAULT_CONNECTIONS);
        }
    }

    /** A bucket or a server of its own is what says that backups go there; keys alone may be for the sources. */
    Optional<S3Config> destination() {
        boolean source = variables.has(Variable.SOURCE_BUCKET);
        boolean meant = variables.has(Variable.BUCKET) || (variables.has(Variable.ENDPOINT) && !source);
        if (!meant) {
            variables
                    .nameOf(Variable.ACCESS_KEY)
                    .filter(name -> name.startsWith("S3_") && !source)
                    .ifPresent(name -> variables.warn(
                            name, name + " is set, but neither S3_BUCKET nor S3_ENDPOINT, so no bucket is used"));
            return Optional.empty();
        }
        Optional<Server> server = server();
        if (server.isEmpty()) {
            return Optional.empty();
        }
        if (!variables.has(Variable.BUCKET) && server.get().endpoint().isEmpty()) {
            variables.wrong("no bucket is named for the backups at AWS", "set S3_BUCKET to a name of your own.");
            return Optional.empty();
        }
        S3Place named = server.get()
                .place("", "")
                .withBucket(variables.text(Variable.BUCKET).orElse(USUAL_BUCKET));
        String prefix = variables.text(Variable.PREFIX).orElse(named.prefix()).replaceAll("^/+|/+$", "");
        return Optional.of(new S3Config("bucket", server.get().place(named.bucket(), prefix)));
    }

    List<BucketConfig> sources() {
        List<String> buckets = variables.list(Variable.SOURCE_BUCKET);
        if (buckets.isEmpty()) {
            return List.of();
        }
        return sourceServer()
                .map(server -> buckets.stream()
                        .map(bucket -> server.place("", "").withBucket(bucket))
                        .map(place -> new BucketConfig(names.name(place.bucket(), "bucket"), place))
                        .toList())
                .orElse(List.of());
    }

    /** Unless it is said otherwise they are on the server that the backups go to. */
    private Optional<Server> sourceServer() {
        if (!variables.has(Variable.SOURCE_ENDPOINT) && !variables.has(Variable.SOURCE_ACCESS_KEY)) {
            return server();
        }
        Optional<String> written = variables.text(Variable.SOURCE_ENDPOINT).or(() -> variables.text(Variable.ENDPOINT));
        String shown =
                variables.shown(variables.has(Variable.SOURCE_ENDPOINT) ? Variable.SOURCE_ENDPOINT : Variable.ENDPOINT);
        Optional<URI> endpoint = written.flatMap(text -> endpoint(shown, text));
        if (endpoint.isEmpty() && written.isPresent()) {
            return Optional.empty();
        }
        String region = variables
                .text(Variable.SOURCE_REGION)
                .or(() -> variables.text(Variable.REGION))
                .orElse(S3Place.DEFAULT_REGION);
        boolean own = variables.has(Variable.SOURCE_ACCESS_KEY);
        return server(
                endpoint,
                region,
                own ? Variable.SOURCE_ACCESS_KEY : Variable.ACCESS_KEY,
                own ? Variable.SOURCE_SECRET_KEY : Variable.SECRET_KEY);
    }

    private Optional<Server> server() {
        Optional<String> written = variables.text(Variable.ENDPOINT).filter(text -> !text.equals(AWS));
        Optional<URI> endpoint = written.flatMap(text -> endpoint(variables.shown(Variable.ENDPOINT), text));
        if (endpoint.isEmpty() && written.isPresent()) {
            return Optional.empty();
        }
        String region = variables.text(Variable.REGION).orElse(S3Place.DEFAULT_REGION);
        return server(endpoint, region, Variable.ACCESS_KEY, Variable.SECRET_KEY);
    }

    private Optional<Server> server(Optional<URI> endpoint, String region, Variable access, Variable secret) {
        Optional<Secret> accessKey = variables.secret(access);
        Optional<Secret> secretKey = variables.secret(secret);
        boolean both = accessKey.isPresent() && secretKey.isPresent();
        boolean neither = accessKey.isEmpty() && secretKey.isEmpty();
        if (!both && !(neither && endpoint.isEmpty())) {
            Variable missing = accessKey.isEmpty() ? access : secret;
            variables.wrong(
                    "the S3 server needs both keys, and " + missing.ownName() + " is not set",
                    "set " + access.ownName() + " and " + secret.ownName() + ", or each with _FILE behind it.");
            return Optional.empty();
        }
        Optional<Secret> token =
                variables.nameOf(access).filter("AWS_ACCESS_KEY_ID"::equals).isPresent()
                        ? variables.secret(Variable.SESSION_TOKEN)
                        : Optional.empty();
        Optional<S3Keys> keys =
                both ? Optional.of(new S3Keys(accessKey.get(), secretKey.get(), token)) : Optional.empty();
        return Optional.of(
                new Server(endpoint, region, keys, variables.flag(Variable.PATH_STYLE, endpoint.isPresent())));
    }

    /** One tool has the scheme in a variable of its own. */
    private Optional<URI> endpoint(String variable, String text) {
        boolean bare = variable.startsWith("AWS_ENDPOINT") && !text.contains("://");
        String full = bare
                ? variables.text(Variable.ENDPOINT_PROTOCOL).orElse("https").toLowerCase(Locale.ROOT) + "://" + text
                : text;
        Optional<URI> endpoint = S3Place.parseEndpoint(full);
        if (endpoint.isEmpty()) {
            variables.wrong(
                    variable + " is not a URL with http:// or https:// and without user",
                    "set it to one, for example S3_ENDPOINT=http://minio:9000");
        }
        return endpoint;
    }
}
