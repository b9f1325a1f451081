/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_AFU_H
#define SCENARIOS_STEPS_AFU_H

/* Private to scenarios/steps: numbers of the objects. Spec: afu.md 1. */

#define AFU_OBJECT 33629
enum {
    AFU_PACKAGE = 0,
    AFU_PACKAGE_URI = 1,
    AFU_UPDATE = 2,
    AFU_STATE = 3,
    AFU_RESULT = 5,
    AFU_PKGNAME = 6,
    AFU_PKGVERSION = 7,
    AFU_DELIVERY_METHOD = 9,
    AFU_CANCEL = 10,
    AFU_SEVERITY = 11,
    AFU_CHANGE_TIME = 12,
    AFU_COMPONENT_NAME = 14,
    AFU_CURRENT_VERSION = 15,
    AFU_LINKED = 16,
    AFU_CONFLICTING = 17,
};
enum {
    STATE_IDLE = 0,
    STATE_DOWNLOADING = 1,
    STATE_DOWNLOADED = 2,
    STATE_UPDATING = 3,
};
#define RESULT_MAX 13 /**< Update Results are 0..13 */

#define DEVICE_OBJECT 3
enum {
    DEVICE_FIRMWARE_VERSION = 3,
    DEVICE_REBOOT = 4,
    DEVICE_CURRENT_TIME = 13
};

/* CoAP methods of the operations. */
enum {
    METHOD_GET = 1,
    METHOD_POST = 2,
    METHOD_PUT = 3,
    METHOD_DELETE = 4,
    METHOD_FETCH = 5,
    METHOD_IPATCH = 7,
};

#endif
