/** Native memory and every operation on it; the only package that calls ND4J's operations. */
package io.aktnode.nn.kernel;
