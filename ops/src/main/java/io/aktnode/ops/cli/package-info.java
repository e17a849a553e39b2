/** The akt-node command line. */
package io.aktnode.ops.cli;
