/** Frames of the data plane: what one says of itself, and its SBE form on the wire. */
package io.aktnode.protocol.frame;
