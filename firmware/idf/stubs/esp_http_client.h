// ESP-IDF 5.5, the part that firmware/idf uses: esp_http_client/include/esp_http_client.h
#pragma once

#include "esp_err.h"

typedef struct esp_http_client* esp_http_client_handle_t;
typedef enum { HTTP_METHOD_GET = 0, HTTP_METHOD_POST } esp_http_client_method_t;

// In the real one's order, without what is not used here.
typedef struct {
  const char* url;
  esp_http_client_method_t method;
  int timeout_ms;
  bool disable_auto_redirect;
  int buffer_size;
  int buffer_size_tx;
  esp_err_t (*crt_bundle_attach)(void* conf);
} esp_http_client_config_t;

extern "C" {
esp_http_client_handle_t esp_http_client_init(const esp_http_client_config_t* config);
esp_err_t esp_http_client_set_header(esp_http_client_handle_t client, const char* key, const char* value);
esp_err_t esp_http_client_open(esp_http_client_handle_t client, int write_len);
int esp_http_client_write(esp_http_client_handle_t client, const char* buffer, int len);
int64_t esp_http_client_fetch_headers(esp_http_client_handle_t client);
int esp_http_client_get_status_code(esp_http_client_handle_t client);
int esp_http_client_read(esp_http_client_handle_t client, char* buffer, int len);
bool esp_http_client_is_complete_data_received(esp_http_client_handle_t client);
esp_err_t esp_http_client_cleanup(esp_http_client_handle_t client);
}
