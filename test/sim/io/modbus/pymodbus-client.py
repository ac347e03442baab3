"""pymodbus as a master of our server, synchronous and asyncio: every function it knows, and the exceptions it must report.

Prints one line and returns 0, or fails with the assertion. Usage: pymodbus-client.py PORT UNIT
The device: input register i holds 3 i, discrete input i is i odd, 200 of each table, all writable.
"""
import asyncio
import sys

from pymodbus.client import AsyncModbusTcpClient, ModbusTcpClient
from pymodbus.mei_message import ReadDeviceInformationRequest

port, unit = int(sys.argv[1]), int(sys.argv[2])
checks = 0


def must(condition, what=""):
    global checks
    checks += 1
    assert condition, what


def synchronous():
    bus = ModbusTcpClient("127.0.0.1", port=port)
    must(bus.connect())
    must(bus.read_input_registers(0, 125, slave=unit).registers == [3 * i for i in range(125)])
    must(bus.read_discrete_inputs(0, 200, slave=unit).bits == [i % 2 == 1 for i in range(200)])
    values = [0x8000 + i for i in range(123)]
    must(not bus.write_registers(0, values, slave=unit).isError())
    must(bus.read_holding_registers(0, 123, slave=unit).registers == values)
    must(not bus.write_register(7, 0x1234, slave=unit).isError())
    must(not bus.mask_write_register(address=7, and_mask=0x00FF, or_mask=0xAB00, unit=unit).isError())
    must(bus.read_holding_registers(7, 1, slave=unit).registers == [0xAB34])
    both = bus.readwrite_registers(
        read_address=8, read_count=3, write_address=9, write_registers=[0x55AA], unit=unit
    )
    must(both.registers == [0x8008, 0x55AA, 0x800A], both)
    pattern = [i % 3 == 0 for i in range(100)]
    must(not bus.write_coils(50, pattern, slave=unit).isError())
    must(not bus.write_coil(51, True, slave=unit).isError())
    pattern[1] = True
    must(bus.read_coils(50, 100, slave=unit).bits[:100] == pattern)
    told = bus.execute(ReadDeviceInformationRequest(read_code=3, object_id=0, unit=unit))
    must(told.information[0] == b"LeakTwin" and told.information[2] == b"1.0", told)
    must(bus.read_holding_registers(199, 2, slave=unit).exception_code == 2)
    must(bus.read_holding_registers(0, 1, slave=77).exception_code == 0x0B)
    bus.close()


async def pipelined():
    bus = AsyncModbusTcpClient("127.0.0.1", port=port)
    await bus.connect()
    many = [bus.read_input_registers(i, 50, slave=unit) for i in range(100)]
    for i, reply in enumerate(await asyncio.gather(*many)):
        must(reply.registers == [3 * (i + k) for k in range(50)])
    closing = bus.close()
    if closing is not None:
        await closing


synchronous()
asyncio.run(pipelined())
print(f"{checks} checks")
