/**
 * Hosts for the tests' processes: network namespaces with a faulty wire between them, or loopback.
 */
package io.aktnode.it.net;
