// In place of glibc's, as newlib has it for the ESP32: 32 bits are a long. So mixing
// uint32_t with unsigned int where the type matters fails here, as it does there.
#pragma once

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned long uint32_t;
typedef unsigned long long uint64_t;
