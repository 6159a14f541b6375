// What the adapters take for granted about ESP-IDF 5.5, as the compiler can check it:
// signatures, types of members, values of enumerators. CI compiles this against
// firmware/idf/stubs, every real build against ESP-IDF itself. So a stub that is not
// like the real thing, or an IDF that has changed, does not compile.
#include <type_traits>

#include "bootloader_random.h"
#include "driver/gpio.h"
#include "driver/i2c_master.h"
#include "esp_app_desc.h"
#include "esp_crt_bundle.h"
#include "esp_eth_driver.h"
#include "esp_eth_mac_esp.h"
#include "esp_eth_netif_glue.h"
#include "esp_eth_phy.h"
#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "esp_mac.h"
#include "esp_netif.h"
#include "esp_netif_sntp.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"
#include "mbedtls/base64.h"
#include "mbedtls/md.h"
#include "mbedtls/pk.h"
#include "mbedtls/sha256.h"
#include "mqtt_client.h"
#include "nvs.h"
#include "nvs_flash.h"

// A function has exactly this signature, a member this type, an enumerator this value.
#define PITVIEW_IS(function, ...) static_assert(std::is_same_v<decltype(&function), __VA_ARGS__>, #function)
#define PITVIEW_MEMBER(type, member, ...) \
  static_assert(std::is_same_v<decltype(type{}.member), __VA_ARGS__>, #type "::" #member)
#define PITVIEW_VALUE(name, value) static_assert(static_cast<long long>(name) == (value), #name)

// The basis.
static_assert(std::is_same_v<esp_err_t, int>);
static_assert(sizeof(void*) == 4 && sizeof(long) == 4, "a 32-bit target");
static_assert(std::is_same_v<uint32_t, unsigned long> && std::is_same_v<int32_t, long>, "as on Xtensa");
PITVIEW_VALUE(ESP_OK, 0);
PITVIEW_VALUE(ESP_FAIL, -1);
PITVIEW_VALUE(ESP_ERR_TIMEOUT, 0x107);

// FreeRTOS. Macros are used where it has macros; what they give is checked.
static_assert(std::is_same_v<TickType_t, uint32_t> && std::is_same_v<BaseType_t, int>);
static_assert(std::is_same_v<UBaseType_t, unsigned int>);
static_assert(std::is_pointer_v<TaskHandle_t> && std::is_pointer_v<QueueHandle_t>);
static_assert(std::is_same_v<TaskFunction_t, void (*)(void*)>);
PITVIEW_VALUE(pdTRUE, 1);
PITVIEW_VALUE(pdPASS, 1);
PITVIEW_IS(xTaskCreate, BaseType_t (*)(TaskFunction_t, const char*, uint32_t, void*, UBaseType_t, TaskHandle_t*));
PITVIEW_IS(xTaskGetCurrentTaskHandle, TaskHandle_t (*)());
PITVIEW_IS(vTaskDelay, void (*)(TickType_t));
PITVIEW_IS(xQueueReceive, BaseType_t (*)(QueueHandle_t, void*, TickType_t));
static_assert(std::is_same_v<decltype(xQueueCreate(1, 1)), QueueHandle_t>);
static_assert(std::is_same_v<decltype(xQueueSend(QueueHandle_t{}, nullptr, 0)), BaseType_t>);
static_assert(std::is_same_v<decltype(ulTaskNotifyTake(pdTRUE, portMAX_DELAY)), uint32_t>);
static_assert(std::is_same_v<decltype(xTaskNotifyGive(TaskHandle_t{})), BaseType_t>);

// System, time, log, watchdog, random numbers.
static_assert(std::is_void_v<decltype(esp_restart())>);  // noreturn is part of its type, for some compilers
PITVIEW_IS(esp_reset_reason, esp_reset_reason_t (*)());
PITVIEW_IS(esp_get_free_heap_size, uint32_t (*)());
PITVIEW_VALUE(ESP_RST_POWERON, 1);
PITVIEW_VALUE(ESP_RST_SW, 3);
PITVIEW_VALUE(ESP_RST_PANIC, 4);
PITVIEW_VALUE(ESP_RST_INT_WDT, 5);
PITVIEW_VALUE(ESP_RST_TASK_WDT, 6);
PITVIEW_VALUE(ESP_RST_WDT, 7);
PITVIEW_VALUE(ESP_RST_BROWNOUT, 9);
PITVIEW_IS(esp_efuse_mac_get_default, esp_err_t (*)(uint8_t*));
PITVIEW_IS(esp_timer_get_time, int64_t (*)());
PITVIEW_IS(esp_log_write, void (*)(esp_log_level_t, const char*, const char*, ...));
PITVIEW_VALUE(ESP_LOG_INFO, 3);
PITVIEW_IS(esp_task_wdt_add, esp_err_t (*)(TaskHandle_t));
PITVIEW_IS(esp_task_wdt_reset, esp_err_t (*)());
PITVIEW_IS(esp_random, uint32_t (*)());
PITVIEW_IS(bootloader_random_enable, void (*)());

// GPIO, I2C.
PITVIEW_IS(gpio_reset_pin, esp_err_t (*)(gpio_num_t));
PITVIEW_IS(gpio_set_direction, esp_err_t (*)(gpio_num_t, gpio_mode_t));
PITVIEW_IS(gpio_set_level, esp_err_t (*)(gpio_num_t, uint32_t));
PITVIEW_VALUE(GPIO_NUM_5, 5);
PITVIEW_VALUE(GPIO_NUM_16, 16);
PITVIEW_VALUE(GPIO_NUM_32, 32);
PITVIEW_VALUE(GPIO_NUM_33, 33);
PITVIEW_VALUE(GPIO_MODE_OUTPUT, 2);
PITVIEW_VALUE(I2C_NUM_0, 0);
PITVIEW_VALUE(I2C_ADDR_BIT_LEN_7, 0);
PITVIEW_MEMBER(i2c_master_bus_config_t, i2c_port, i2c_port_num_t);
PITVIEW_MEMBER(i2c_master_bus_config_t, sda_io_num, gpio_num_t);
PITVIEW_MEMBER(i2c_master_bus_config_t, scl_io_num, gpio_num_t);
PITVIEW_MEMBER(i2c_master_bus_config_t, clk_source, i2c_clock_source_t);
PITVIEW_MEMBER(i2c_master_bus_config_t, glitch_ignore_cnt, uint8_t);
PITVIEW_MEMBER(i2c_master_bus_config_t, flags.enable_internal_pullup, uint32_t);
PITVIEW_MEMBER(i2c_device_config_t, dev_addr_length, i2c_addr_bit_len_t);
PITVIEW_MEMBER(i2c_device_config_t, device_address, uint16_t);
PITVIEW_MEMBER(i2c_device_config_t, scl_speed_hz, uint32_t);
PITVIEW_IS(i2c_new_master_bus, esp_err_t (*)(const i2c_master_bus_config_t*, i2c_master_bus_handle_t*));
PITVIEW_IS(i2c_master_bus_add_device,
           esp_err_t (*)(i2c_master_bus_handle_t, const i2c_device_config_t*, i2c_master_dev_handle_t*));
PITVIEW_IS(i2c_master_transmit, esp_err_t (*)(i2c_master_dev_handle_t, const uint8_t*, size_t, int));
PITVIEW_IS(i2c_master_transmit_receive,
           esp_err_t (*)(i2c_master_dev_handle_t, const uint8_t*, size_t, uint8_t*, size_t, int));
PITVIEW_IS(i2c_master_bus_reset, esp_err_t (*)(i2c_master_bus_handle_t));

// Flash: NVS, partitions, the two slots.
static_assert(std::is_same_v<nvs_handle_t, uint32_t>);
PITVIEW_VALUE(ESP_ERR_NVS_NO_FREE_PAGES, 0x110d);
PITVIEW_VALUE(ESP_ERR_NVS_NEW_VERSION_FOUND, 0x1110);
PITVIEW_VALUE(NVS_KEY_NAME_MAX_SIZE, 16);
PITVIEW_IS(nvs_flash_init, esp_err_t (*)());
PITVIEW_IS(nvs_flash_erase, esp_err_t (*)());
PITVIEW_IS(nvs_flash_init_partition, esp_err_t (*)(const char*));
PITVIEW_IS(nvs_open, esp_err_t (*)(const char*, nvs_open_mode_t, nvs_handle_t*));
PITVIEW_IS(nvs_open_from_partition, esp_err_t (*)(const char*, const char*, nvs_open_mode_t, nvs_handle_t*));
PITVIEW_IS(nvs_get_blob, esp_err_t (*)(nvs_handle_t, const char*, void*, size_t*));
PITVIEW_IS(nvs_get_str, esp_err_t (*)(nvs_handle_t, const char*, char*, size_t*));
PITVIEW_IS(nvs_set_blob, esp_err_t (*)(nvs_handle_t, const char*, const void*, size_t));
PITVIEW_IS(nvs_commit, esp_err_t (*)(nvs_handle_t));
PITVIEW_VALUE(ESP_PARTITION_TYPE_DATA, 1);
PITVIEW_VALUE(ESP_PARTITION_SUBTYPE_ANY, 0xff);
PITVIEW_MEMBER(esp_partition_t, size, uint32_t);
PITVIEW_IS(esp_partition_find_first,
           const esp_partition_t* (*)(esp_partition_type_t, esp_partition_subtype_t, const char*));
PITVIEW_IS(esp_partition_read, esp_err_t (*)(const esp_partition_t*, size_t, void*, size_t));
PITVIEW_IS(esp_partition_write, esp_err_t (*)(const esp_partition_t*, size_t, const void*, size_t));
PITVIEW_IS(esp_partition_erase_range, esp_err_t (*)(const esp_partition_t*, size_t, size_t));
static_assert(std::is_same_v<esp_ota_handle_t, uint32_t>);
static_assert(OTA_WITH_SEQUENTIAL_WRITES == 0xfffffffe);
PITVIEW_VALUE(ESP_OTA_IMG_PENDING_VERIFY, 1);
PITVIEW_VALUE(static_cast<uint32_t>(ESP_OTA_IMG_UNDEFINED), 0xffffffffLL);
PITVIEW_IS(esp_ota_begin, esp_err_t (*)(const esp_partition_t*, size_t, esp_ota_handle_t*));
PITVIEW_IS(esp_ota_write, esp_err_t (*)(esp_ota_handle_t, const void*, size_t));
PITVIEW_IS(esp_ota_end, esp_err_t (*)(esp_ota_handle_t));
PITVIEW_IS(esp_ota_abort, esp_err_t (*)(esp_ota_handle_t));
PITVIEW_IS(esp_ota_set_boot_partition, esp_err_t (*)(const esp_partition_t*));
PITVIEW_IS(esp_ota_get_running_partition, const esp_partition_t* (*)());
PITVIEW_IS(esp_ota_get_next_update_partition, const esp_partition_t* (*)(const esp_partition_t*));
PITVIEW_IS(esp_ota_get_state_partition, esp_err_t (*)(const esp_partition_t*, esp_ota_img_states_t*));
PITVIEW_IS(esp_ota_mark_app_valid_cancel_rollback, esp_err_t (*)());
PITVIEW_IS(esp_ota_mark_app_invalid_rollback_and_reboot, esp_err_t (*)());
PITVIEW_IS(esp_app_get_description, const esp_app_desc_t* (*)());
PITVIEW_MEMBER(esp_app_desc_t, version, char[32]);

// Events, network, Ethernet, SNTP.
static_assert(std::is_same_v<esp_event_base_t, const char*>);
static_assert(std::is_same_v<esp_event_handler_t, void (*)(void*, esp_event_base_t, int32_t, void*)>);
PITVIEW_VALUE(ESP_EVENT_ANY_ID, -1);
PITVIEW_IS(esp_event_loop_create_default, esp_err_t (*)());
PITVIEW_IS(esp_event_handler_register, esp_err_t (*)(esp_event_base_t, int32_t, esp_event_handler_t, void*));
PITVIEW_VALUE(ETHERNET_EVENT_STOP, 1);
PITVIEW_VALUE(ETHERNET_EVENT_CONNECTED, 2);
PITVIEW_VALUE(ETHERNET_EVENT_DISCONNECTED, 3);
PITVIEW_VALUE(ETH_SPEED_10M, 0);
PITVIEW_VALUE(ETH_SPEED_100M, 1);
PITVIEW_VALUE(EMAC_CLK_OUT_180_GPIO, 17);
static_assert(std::is_same_v<esp_eth_handle_t, void*>);
PITVIEW_MEMBER(eth_phy_config_t, phy_addr, int32_t);
PITVIEW_MEMBER(eth_phy_config_t, reset_gpio_num, int);
PITVIEW_MEMBER(eth_esp32_emac_config_t, smi_gpio.mdc_num, int);
PITVIEW_MEMBER(eth_esp32_emac_config_t, smi_gpio.mdio_num, int);
PITVIEW_MEMBER(eth_esp32_emac_config_t, clock_config.rmii.clock_mode, emac_rmii_clock_mode_t);
PITVIEW_MEMBER(eth_esp32_emac_config_t, clock_config.rmii.clock_gpio, emac_rmii_clock_gpio_t);
PITVIEW_MEMBER(esp_eth_config_t, check_link_period_ms, uint32_t);
PITVIEW_IS(esp_eth_mac_new_esp32, esp_eth_mac_t* (*)(const eth_esp32_emac_config_t*, const eth_mac_config_t*));
PITVIEW_IS(esp_eth_phy_new_lan87xx, esp_eth_phy_t* (*)(const eth_phy_config_t*));
PITVIEW_MEMBER(esp_eth_mac_t, del, esp_err_t (*)(esp_eth_mac_t*));
PITVIEW_MEMBER(esp_eth_phy_t, del, esp_err_t (*)(esp_eth_phy_t*));
PITVIEW_IS(esp_eth_driver_install, esp_err_t (*)(const esp_eth_config_t*, esp_eth_handle_t*));
PITVIEW_IS(esp_eth_start, esp_err_t (*)(esp_eth_handle_t));
PITVIEW_IS(esp_eth_ioctl, esp_err_t (*)(esp_eth_handle_t, esp_eth_io_cmd_t, void*));
PITVIEW_IS(esp_eth_new_netif_glue, esp_eth_netif_glue_handle_t (*)(esp_eth_handle_t));
PITVIEW_IS(esp_netif_init, esp_err_t (*)());
PITVIEW_IS(esp_netif_new, esp_netif_t* (*)(const esp_netif_config_t*));
PITVIEW_IS(esp_netif_attach, esp_err_t (*)(esp_netif_t*, void*));
PITVIEW_IS(esp_ip4addr_ntoa, char* (*)(const esp_ip4_addr_t*, char*, int));
PITVIEW_MEMBER(ip_event_got_ip_t, ip_info.ip.addr, uint32_t);
PITVIEW_IS(esp_netif_sntp_init, esp_err_t (*)(const esp_sntp_config_t*));
PITVIEW_IS(esp_netif_sntp_sync_wait, esp_err_t (*)(TickType_t));
PITVIEW_MEMBER(esp_sntp_config_t, wait_for_sync, bool);
PITVIEW_MEMBER(esp_sntp_config_t, start, bool);
PITVIEW_MEMBER(esp_sntp_config_t, server_from_dhcp, bool);
PITVIEW_MEMBER(esp_sntp_config_t, renew_servers_after_new_IP, bool);
PITVIEW_MEMBER(esp_sntp_config_t, ip_event_to_renew, ip_event_t);
PITVIEW_MEMBER(esp_sntp_config_t, index_of_first_server, size_t);
PITVIEW_MEMBER(esp_sntp_config_t, num_of_servers, size_t);
static_assert(CONFIG_LWIP_SNTP_MAX_SERVERS >= 3, "one from DHCP and two of ours");

// MQTT.
PITVIEW_VALUE(MQTT_EVENT_ANY, -1);
PITVIEW_VALUE(MQTT_EVENT_CONNECTED, 1);
PITVIEW_VALUE(MQTT_EVENT_DISCONNECTED, 2);
PITVIEW_VALUE(MQTT_EVENT_SUBSCRIBED, 3);
PITVIEW_VALUE(MQTT_EVENT_PUBLISHED, 5);
PITVIEW_VALUE(MQTT_EVENT_DATA, 6);
PITVIEW_VALUE(MQTT_TRANSPORT_OVER_TCP, 1);
PITVIEW_VALUE(MQTT_TRANSPORT_OVER_SSL, 2);
PITVIEW_VALUE(MQTT_PROTOCOL_V_3_1_1, 2);
PITVIEW_MEMBER(esp_mqtt_event_t, client, esp_mqtt_client_handle_t);
PITVIEW_MEMBER(esp_mqtt_event_t, data, char*);
PITVIEW_MEMBER(esp_mqtt_event_t, data_len, int);
PITVIEW_MEMBER(esp_mqtt_event_t, total_data_len, int);
PITVIEW_MEMBER(esp_mqtt_event_t, topic, char*);
PITVIEW_MEMBER(esp_mqtt_event_t, topic_len, int);
PITVIEW_MEMBER(esp_mqtt_event_t, msg_id, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, broker.address.hostname, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, broker.address.port, uint32_t);
PITVIEW_MEMBER(esp_mqtt_client_config_t, broker.address.transport, esp_mqtt_transport_t);
PITVIEW_MEMBER(esp_mqtt_client_config_t, broker.verification.crt_bundle_attach, esp_err_t (*)(void*));
PITVIEW_MEMBER(esp_mqtt_client_config_t, credentials.client_id, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, credentials.username, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, credentials.authentication.password, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.last_will.topic, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.last_will.msg, const char*);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.last_will.msg_len, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.last_will.qos, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.last_will.retain, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.disable_clean_session, bool);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.keepalive, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, session.protocol_ver, esp_mqtt_protocol_ver_t);
PITVIEW_MEMBER(esp_mqtt_client_config_t, network.timeout_ms, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, network.reconnect_timeout_ms, int);
PITVIEW_MEMBER(esp_mqtt_client_config_t, network.disable_auto_reconnect, bool);
PITVIEW_MEMBER(esp_mqtt_client_config_t, buffer.size, int);
PITVIEW_MEMBER(esp_mqtt_topic_t, filter, const char*);
PITVIEW_MEMBER(esp_mqtt_topic_t, qos, int);
PITVIEW_IS(esp_mqtt_client_init, esp_mqtt_client_handle_t (*)(const esp_mqtt_client_config_t*));
PITVIEW_IS(esp_mqtt_client_start, esp_err_t (*)(esp_mqtt_client_handle_t));
PITVIEW_IS(esp_mqtt_client_destroy, esp_err_t (*)(esp_mqtt_client_handle_t));
PITVIEW_IS(esp_mqtt_client_register_event,
           esp_err_t (*)(esp_mqtt_client_handle_t, esp_mqtt_event_id_t, esp_event_handler_t, void*));
PITVIEW_IS(esp_mqtt_client_subscribe_multiple, int (*)(esp_mqtt_client_handle_t, const esp_mqtt_topic_t*, int));
PITVIEW_IS(esp_mqtt_client_enqueue, int (*)(esp_mqtt_client_handle_t, const char*, const char*, int, int, int, bool));

// HTTP, TLS.
PITVIEW_IS(esp_crt_bundle_attach, esp_err_t (*)(void*));
PITVIEW_VALUE(HTTP_METHOD_GET, 0);
PITVIEW_VALUE(HTTP_METHOD_POST, 1);
PITVIEW_MEMBER(esp_http_client_config_t, url, const char*);
PITVIEW_MEMBER(esp_http_client_config_t, method, esp_http_client_method_t);
PITVIEW_MEMBER(esp_http_client_config_t, timeout_ms, int);
PITVIEW_MEMBER(esp_http_client_config_t, disable_auto_redirect, bool);
PITVIEW_MEMBER(esp_http_client_config_t, buffer_size, int);
PITVIEW_MEMBER(esp_http_client_config_t, buffer_size_tx, int);
PITVIEW_MEMBER(esp_http_client_config_t, crt_bundle_attach, esp_err_t (*)(void*));
PITVIEW_IS(esp_http_client_init, esp_http_client_handle_t (*)(const esp_http_client_config_t*));
PITVIEW_IS(esp_http_client_set_header, esp_err_t (*)(esp_http_client_handle_t, const char*, const char*));
PITVIEW_IS(esp_http_client_open, esp_err_t (*)(esp_http_client_handle_t, int));
PITVIEW_IS(esp_http_client_write, int (*)(esp_http_client_handle_t, const char*, int));
PITVIEW_IS(esp_http_client_fetch_headers, int64_t (*)(esp_http_client_handle_t));
PITVIEW_IS(esp_http_client_get_status_code, int (*)(esp_http_client_handle_t));
PITVIEW_IS(esp_http_client_read, int (*)(esp_http_client_handle_t, char*, int));
PITVIEW_IS(esp_http_client_is_complete_data_received, bool (*)(esp_http_client_handle_t));
PITVIEW_IS(esp_http_client_cleanup, esp_err_t (*)(esp_http_client_handle_t));

// mbedTLS 3.6.
PITVIEW_IS(mbedtls_sha256_init, void (*)(mbedtls_sha256_context*));
PITVIEW_IS(mbedtls_sha256_free, void (*)(mbedtls_sha256_context*));
PITVIEW_IS(mbedtls_sha256_starts, int (*)(mbedtls_sha256_context*, int));
PITVIEW_IS(mbedtls_sha256_update, int (*)(mbedtls_sha256_context*, const unsigned char*, size_t));
PITVIEW_IS(mbedtls_sha256_finish, int (*)(mbedtls_sha256_context*, unsigned char*));
PITVIEW_IS(mbedtls_sha256, int (*)(const unsigned char*, size_t, unsigned char*, int));
PITVIEW_IS(mbedtls_md_info_from_type, const mbedtls_md_info_t* (*)(mbedtls_md_type_t));
PITVIEW_IS(mbedtls_md_hmac, int (*)(const mbedtls_md_info_t*, const unsigned char*, size_t, const unsigned char*,
                                    size_t, unsigned char*));
PITVIEW_IS(mbedtls_pk_init, void (*)(mbedtls_pk_context*));
PITVIEW_IS(mbedtls_pk_free, void (*)(mbedtls_pk_context*));
PITVIEW_IS(mbedtls_pk_parse_public_key, int (*)(mbedtls_pk_context*, const unsigned char*, size_t));
PITVIEW_IS(mbedtls_pk_can_do, int (*)(const mbedtls_pk_context*, mbedtls_pk_type_t));
PITVIEW_IS(mbedtls_pk_verify,
           int (*)(mbedtls_pk_context*, mbedtls_md_type_t, const unsigned char*, size_t, const unsigned char*, size_t));
PITVIEW_VALUE(MBEDTLS_MD_SHA256, 9);
PITVIEW_VALUE(MBEDTLS_PK_ECDSA, 4);
PITVIEW_IS(mbedtls_base64_encode, int (*)(unsigned char*, size_t, size_t*, const unsigned char*, size_t));
