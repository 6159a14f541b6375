// In place of glibc's, as newlib has it for the ESP32: 32 bits are a long. So mixing
// int32_t with int where the type matters fails here, as it does there.
#pragma once

typedef signed char int8_t;
typedef short int16_t;
typedef long int32_t;
typedef long long int64_t;
