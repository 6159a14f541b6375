// ESP-IDF 5.5, the part that firmware/idf uses: bootloader_support/include/bootloader_random.h
#pragma once

extern "C" void bootloader_random_enable(void);
