/* The plain C loop that bench/moc.ts is measured against: inner sections of pipes by the method of characteristics with a
 * constant resistance per pipe, the same arithmetic in the same order as models/physics/characteristics.ts.
 * Usage: moc <pipes> <reaches per pipe> <steps>; prints cell updates per second and a checksum. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void sweep(double *H, double *Q, long last, double B, double y, double R, double *ends) {
  double q = Q[0], before = H[0] + q * (B - R * fabs(q));
  q = Q[1];
  double u = q * (B - R * fabs(q)), h = H[1], plus = h + u;
  ends[0] = h - u;
  for (long i = 1; i < last; i++) {
    q = Q[i + 1];
    h = H[i + 1];
    u = q * (B - R * fabs(q));
    double minus = h - u;
    H[i] = 0.5 * (before + minus);
    Q[i] = y * (before - minus);
    before = plus;
    plus = h + u;
  }
  ends[1] = before;
}

int main(int argc, char **argv) {
  long pipes = argc > 1 ? atol(argv[1]) : 1, reaches = argc > 2 ? atol(argv[2]) : 909, steps = argc > 3 ? atol(argv[3]) : 100000;
  long n = pipes * (reaches + 1);
  double *H = malloc(n * sizeof *H), *Q = malloc(n * sizeof *Q), *ends = malloc(2 * pipes * sizeof *ends);
  double B = 596.0, R = 4.3;
  for (long i = 0; i < n; i++) {
    H[i] = 300.0 - 0.2 * (double)(i % (reaches + 1));
    Q[i] = 0.29;
  }
  struct timespec t0, t1;
  clock_gettime(CLOCK_MONOTONIC, &t0);
  for (long s = 0; s < steps; s++) {
    for (long p = 0; p < pipes; p++) {
      double *h = H + p * (reaches + 1), *q = Q + p * (reaches + 1);
      sweep(h, q, reaches, B, 0.5 / B, R, ends + 2 * p);
      h[0] = 300.0;
      q[0] = (h[0] - ends[2 * p]) / B;
      h[reaches] = 300.0 - 0.2 * (double)reaches;
      q[reaches] = (ends[2 * p + 1] - h[reaches]) / B;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &t1);
  double seconds = (double)(t1.tv_sec - t0.tv_sec) + 1e-9 * (double)(t1.tv_nsec - t0.tv_nsec), sum = 0;
  for (long i = 0; i < n; i++) sum += Q[i];
  printf("%.6e %.12e\n", (double)(steps * pipes * (reaches - 1)) / seconds, sum);
  return 0;
}
