/** Certificates for trying out TLS between nodes. */
package io.aktnode.ops.certificate;
