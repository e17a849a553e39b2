/** The control plane's messages: small, typed, CBOR, no arrays; tensors travel as frames. */
package io.aktnode.protocol.control;
