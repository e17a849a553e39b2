/** This process as a node of an Akka cluster, with its management endpoints. */
package io.aktnode.ops.node;
