// ESP-IDF 5.5, the part that firmware/idf uses: freertos/FreeRTOS-Kernel/include/freertos/task.h, idf_additions.h
#pragma once

#include "freertos/FreeRTOS.h"

typedef struct tskTaskControlBlock* TaskHandle_t;
typedef void (*TaskFunction_t)(void*);
typedef enum { eNoAction = 0, eSetBits, eIncrement } eNotifyAction;

#define tskDEFAULT_INDEX_TO_NOTIFY (0)

extern "C" {
BaseType_t xTaskCreate(TaskFunction_t pxTaskCode, const char* const pcName, const configSTACK_DEPTH_TYPE usStackDepth,
                       void* const pvParameters, UBaseType_t uxPriority, TaskHandle_t* const pxCreatedTask);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
void vTaskDelay(const TickType_t xTicksToDelay);
uint32_t ulTaskGenericNotifyTake(UBaseType_t uxIndexToWaitOn, BaseType_t xClearCountOnExit, TickType_t xTicksToWait);
BaseType_t xTaskGenericNotify(TaskHandle_t xTaskToNotify, UBaseType_t uxIndexToNotify, uint32_t ulValue,
                              eNotifyAction eAction, uint32_t* pulPreviousNotificationValue);
}

#define ulTaskNotifyTake(xClearCountOnExit, xTicksToWait) \
  ulTaskGenericNotifyTake((tskDEFAULT_INDEX_TO_NOTIFY), (xClearCountOnExit), (xTicksToWait))
#define xTaskNotifyGive(xTaskToNotify) \
  xTaskGenericNotify((xTaskToNotify), (tskDEFAULT_INDEX_TO_NOTIFY), (0), eIncrement, NULL)
