package dev.holdfast.server;

import dev.holdfast.server.http.EdgeSettings;
import dev.holdfast.server.metrics.MetricsAccess;

/**
 * What a server is told about itself.
 *
 * @param version of the software
 * @param name of this server, for people
 * @param sharedCatalog whether other servers use its catalog too
 * @param metrics who may read the metrics
 * @param edge how it serves
 */
public record ServerSettings(
        String version, String name, boolean sharedCatalog, MetricsAccess metrics, EdgeSettings edge) {}
