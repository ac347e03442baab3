/*
 * libmodbus as a master of our server: every function that libmodbus knows, and the exceptions it must report. Prints one
 * line and returns 0, or says what it found and returns 1. Usage: libmodbus-client PORT UNIT
 * The device: input register i holds 3 i, discrete input i is i odd, 200 of each table, all writable.
 */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>

static int checks = 0;
#define MUST(condition)                                                                        \
  do {                                                                                         \
    checks++;                                                                                  \
    if (!(condition)) {                                                                        \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, modbus_strerror(errno));      \
      return 1;                                                                                \
    }                                                                                          \
  } while (0)

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  modbus_t *bus = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  uint16_t words[128] = {0}, more[128] = {0};
  uint8_t bits[2048] = {0};
  MUST(bus != NULL);
  MUST(modbus_set_slave(bus, atoi(argv[2])) == 0);
  MUST(modbus_connect(bus) == 0);

  MUST(modbus_read_input_registers(bus, 0, 125, words) == 125);
  for (int i = 0; i < 125; i++) MUST(words[i] == 3 * i);
  MUST(modbus_read_input_bits(bus, 0, 200, bits) == 200);
  for (int i = 0; i < 200; i++) MUST(bits[i] == i % 2);

  for (int i = 0; i < 123; i++) words[i] = (uint16_t)(0x8000 + i);
  MUST(modbus_write_registers(bus, 0, 123, words) == 123);
  MUST(modbus_read_registers(bus, 0, 123, more) == 123);
  for (int i = 0; i < 123; i++) MUST(more[i] == 0x8000 + i);
  MUST(modbus_write_register(bus, 7, 0x1234) == 1);
  MUST(modbus_mask_write_register(bus, 7, 0x00ff, 0xab00) == 1);
  MUST(modbus_read_registers(bus, 7, 1, more) == 1 && more[0] == 0xab34);
  words[0] = 0x55aa;
  MUST(modbus_write_and_read_registers(bus, 9, 1, words, 8, 3, more) == 3);
  MUST(more[0] == 0x8008 && more[1] == 0x55aa && more[2] == 0x800a);

  for (int i = 0; i < 100; i++) bits[i] = i % 3 == 0;
  MUST(modbus_write_bits(bus, 50, 100, bits) == 100);
  MUST(modbus_write_bit(bus, 51, 1) == 1);
  MUST(modbus_read_bits(bus, 50, 100, bits) == 100);
  for (int i = 0; i < 100; i++) MUST(bits[i] == (i % 3 == 0 || i == 1));

  MUST(modbus_read_registers(bus, 199, 2, more) == -1 && errno == EMBXILADD);
  MUST(modbus_report_slave_id(bus, sizeof bits, bits) == -1 && errno == EMBXILFUN);
  MUST(modbus_set_slave(bus, 77) == 0);
  MUST(modbus_read_registers(bus, 0, 1, more) == -1 && errno == EMBXGTAR);

  modbus_close(bus);
  modbus_free(bus);
  printf("%d checks\n", checks);
  return 0;
}
