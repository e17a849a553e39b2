/** Images: readers, normalisation, the project's own drawn image set. */
package io.aktnode.nn.data;
