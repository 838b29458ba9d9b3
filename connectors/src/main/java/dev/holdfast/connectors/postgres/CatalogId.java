package dev.holdfast.connectors.postgres;

/**
 * An object of a database; the same oid may be in several catalogs.
 *
 * @param catalog oid of the system catalog that has it; 0 for none
 * @param oid its own
 */
record CatalogId(long catalog, long oid) {}
