/** Numbers of an independent implementation, to which the tests hold every formula. */
package io.aktnode.nn.golden;
