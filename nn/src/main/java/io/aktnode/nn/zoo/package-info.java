/** Built-in model families, described as DL4J graphs. */
package io.aktnode.nn.zoo;
