/** Model files and the named arrays they hold. */
package io.aktnode.nn.model;
