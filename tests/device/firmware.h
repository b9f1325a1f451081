/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_FIRMWARE_H
#define TESTS_DEVICE_FIRMWARE_H

/*
 * The firmware side of the device: components in A/B slots, downloads,
 * updates, boot, self-test and rollback. Knows no network.
 * Spec: afu.md, section 4.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/device/arguments.h"
#include "tests/device/mutants.h"
#include "tests/device/package.h"
#include "tests/device/shape.h"
#include "tests/device/store.h"
#include "tests/device/uri.h"
#include "tests/device/variants.h"

#define FIRMWARE_STORAGE (256u * 1024) /**< bytes of a package, default */
#define FIRMWARE_NEVER   UINT64_MAX

enum firmware_state {
    STATE_IDLE,
    STATE_DOWNLOADING,
    STATE_DOWNLOADED,
    STATE_UPDATING
};
enum firmware_result {
    RESULT_INITIAL = 0,
    RESULT_UPDATED = 1,
    RESULT_NO_FLASH = 2,
    RESULT_NO_RAM = 3,
    RESULT_CONNECTION_LOST = 4,
    RESULT_INTEGRITY = 5,
    RESULT_TYPE = 6,
    RESULT_URI = 7,
    RESULT_UPDATE_FAILED = 8,
    RESULT_PROTOCOL = 9,
    RESULT_CANCELLED = 10,
    RESULT_DEFERRED = 11,
    RESULT_CONFLICT = 12,
    RESULT_DEPENDENCY = 13,
};

/** Firmware Update Delivery Method: Resource 9. */
enum delivery { DELIVERY_PULL, DELIVERY_PUSH, DELIVERY_BOTH };

/** One component: an Object Instance of /33629. */
struct component {
    const char *name;
    char long_name[304];                    /**< of a variant */
    char version[FIRMWARE_VERSION_MAX + 1]; /**< installed and running */
    enum firmware_state state;
    int result;
    int64_t severity;
    uint64_t defer_s;
    int64_t changed_s; /**< Last State Change Time */
    int64_t before_s;  /**< the one before, for a mutant */
    unsigned culprits; /**< bit i: instance i, behind Result 12 or 13 */
    /* the package in Downloaded or Updating */
    bool has_package;
    unsigned ready_before; /**< bit i: instance i was Downloaded when the
                                download began, for a variant */
    unsigned bundle; /**< bit i: instance i got a part of the same package */
    char package_version[FIRMWARE_VERSION_MAX + 1];
    enum outcome outcome;
    uint16_t links[FIRMWARE_LINKS];
    size_t link_count;
    uint32_t package_crc; /**< of the payload */
    struct needs package_needs;
    struct needs needs;     /**< of what is installed */
    struct needs old_needs; /**< of what a rollback brings back */
    /* a deferred update: Result 11 */
    bool is_deferred;
    bool is_timed;       /**< `deferred_ms` is known: no power cycle since */
    bool is_accepted;    /**< starts as soon as nothing else runs */
    int64_t deferred_ms; /**< when; before a boot it may be negative */
    int64_t deferred_wall_ms;   /**< the same as wall clock */
    uint64_t defer_period_s;    /**< Maximum Defer Period at that time */
    int64_t loaded_wall_ms;     /**< when it became Downloaded */
    unsigned defer_mask;        /**< who will be updated then */
    uint64_t ask_deadline_ms;   /**< of a user who is asked in Updating */
    uint64_t ghost_deadline_ms; /**< for mutants: starts without a package */
    bool installs_again;        /**< a mutant: once more when it is done */
    uint64_t late_start_ms;     /**< a mutant: waits that long; 0: not */
    /* the running download */
    uint8_t *partial;
    size_t partial_length;
    size_t partial_capacity;
    bool is_receiving;
    uint64_t receive_deadline_ms;
    int stale_result;      /**< before the download, for a mutant */
    char uri[URI_MAX + 1]; /**< Package URI, as it is read */
    unsigned fetch;        /**< number of the running pull; 0: none */
    uint32_t size1;        /**< of the push, as announced; 0: not */
    size_t hole_start;     /**< of what is missing of it, for a variant … */
    size_t hole_end;       /**< … 0: nothing is */
    size_t first_size;     /**< of its first block, for a mutant … */
    size_t newest_size;    /**< … and of the newest one but the last */
    bool is_blocked;       /**< no push is taken any more, a mutant */
    bool is_jammed;        /**< by an empty last block, or Cancel: mutants */
    uint64_t push_token;   /**< of its first block, for a mutant */
    uint64_t newest_token; /**< of the newest Write to Package */
    int fetch_result;      /**< its end is known already; 0: it is not */
    bool has_moved;        /**< a mutant: it goes on at another URI */
    char peeked[URI_MAX + 1]; /**< a mutant asks there once; "" */
    /* the update */
    char slot;     /**< 'a' or 'b': runs from here */
    bool is_trial; /**< the running slot is new and not yet confirmed */
    char old_version[FIRMWARE_VERSION_MAX + 1];
    bool takes_part;
    bool is_nameless; /**< a mutant: PkgName was lost */
    char ghost_version[FIRMWARE_VERSION_MAX + 1]; /**< cancelled, a mutant */
    unsigned order; /**< of its package since the boot, for mutants */
    /* images: tests/device/loader.h */
    bool is_pending;          /**< the boot loader is to run the package */
    uint32_t counter;         /**< a lower security counter is refused */
    uint32_t package_counter; /**< of what is on trial */
    bool has_new_key;         /**< images are encrypted for the next key */
    /* for variants */
    struct shown shown[VARIANT_SHOWN_MAX];
    size_t shown_count;
    bool is_corrupt;             /**< the checksum is looked at later */
    uint64_t verify_deadline_ms; /**< FIRMWARE_NEVER: nothing waits for it */
    unsigned refused_by;         /**< culprits that Updating will find */
};

/** What the user answers when an update is to start. */
enum user { USER_ACCEPTS, USER_DEFERS };

/** A word of the user as a signal handler leaves it: this, or 0. */
enum user_word {
    USER_WORD_ACCEPT = 1,
    USER_WORD_DEFER = 2,
    USER_WORD_FACTORY = 3, /**< all settings as at first */
    USER_WORD_LOAD = 4,    /**< a package for /5 is there */
    USER_WORD_KEY = 5,     /**< images are encrypted for another key now */
};

struct firmware_config {
    enum user user; /**< before there is a word */
    /** What a signal says and nobody has taken yet; NULL: there are none. */
    const volatile sig_atomic_t *user_word;
    const struct shape *shape; /**< NULL: the default one */
    uint64_t install_ms;
    uint64_t push_timeout_ms;
    bool is_watched;  /**< it may kill itself: moment.h */
    uint64_t storage; /**< bytes of the largest package; 0: FIRMWARE_STORAGE */
    enum delivery delivery;
    unsigned images;    /**< an enum images, beside those of the shape */
    unsigned protocols; /**< bit i: `i` is in Resource 8; 0: it is absent */
    enum mutant mutant;
    struct variants variants;
};

struct firmware {
    struct firmware_config config;
    struct store *store;
    struct component components[FIRMWARE_COMPONENTS];
    uint64_t install_deadline_ms; /**< FIRMWARE_NEVER: no update runs */
    uint64_t confirm_deadline_ms; /**< of trials, for a variant */
    uint64_t looked_ms;           /**< what a variant showed then is told */
    enum user user;               /**< what is answered now */
    unsigned waiting;             /**< of a batch that goes one by one */
    unsigned updates_begun;       /**< since the device was started */
    unsigned fetches;             /**< pulls so far */
    bool has_failed;              /**< one of them */
    unsigned packages;            /**< taken so far */
    bool wants_reboot;            /**< the client restarts the device */
    uint16_t receiver;            /**< of the newest package, for a mutant */
    bool was_cancelled;           /**< a package, for a mutant */
    bool had_conflict;            /**< of a bundle, for a mutant */
    bool is_jammed;               /**< takes no Package URI, a mutant */
    bool is_dead;                 /**< it will not come back, a mutant */
    bool had_malformed;           /**< a malformed message, for mutants */
    unsigned updated_again;       /**< components, after the boot: a mutant */
    unsigned boots;
    bool is_restarted;  /**< the program, with what it had kept */
    uint64_t moment_ms; /**< of the next look at what is armed: moment.h */
    bool has_changed;   /**< a readable value may have changed */
};

/** Whether the device does that in another legal way. */
bool varies(const struct firmware *firmware, enum variant variant);

/** Load the record, or make a factory-fresh device. @return false: disk */
bool firmware_open(struct firmware *firmware, struct store *store,
                   const struct firmware_config *config);
void firmware_close(struct firmware *firmware);
/** What the boot loader does: finish, confirm or roll back. */
void firmware_boot(struct firmware *firmware, uint64_t now_ms);

/** A Write to Package; one block, or everything (`number` 0, not `more`).
 *  @return the CoAP code to answer */
uint8_t firmware_write_package(struct firmware *firmware, uint16_t instance,
                               size_t offset, bool more, const uint8_t *bytes,
                               size_t length, uint64_t now_ms);
/**
 * A Write to Package URI. A good one begins a pull: `fetch` of the component
 * has another number then, and whoever can reach the network brings the bytes.
 *
 * @param dry  only say which code it would get
 */
uint8_t firmware_write_uri(struct firmware *firmware, uint16_t instance,
                           const void *bytes, size_t length, bool dry);
/** Bytes of the running pull, in their order. @return whether more is wanted */
bool firmware_take_fetched(struct firmware *firmware, uint16_t instance,
                           size_t offset, bool more, const uint8_t *bytes,
                           size_t length, uint64_t now_ms);
/** Forget what the running pull has brought: it begins anew. */
void firmware_restart_fetch(struct firmware *firmware, uint16_t instance);
/** The running pull failed. */
void firmware_fail_fetch(struct firmware *firmware, uint16_t instance,
                         enum firmware_result result);
uint8_t firmware_update(struct firmware *firmware, uint16_t instance,
                        const struct update_arguments *arguments,
                        uint64_t now_ms);
uint8_t firmware_cancel(struct firmware *firmware, uint16_t instance);
/** What the user answers from now on. Who accepts lets everything start that
 *  was deferred. */
void firmware_set_user(struct firmware *firmware, enum user user);
/** All settings as they were at first, and a reboot; what is installed stays. */
void firmware_reset_settings(struct firmware *firmware);
/** Do what is due. */
void firmware_tick(struct firmware *firmware, uint64_t now_ms);
/** When firmware_tick() wants to be called; FIRMWARE_NEVER. */
uint64_t firmware_deadline(const struct firmware *firmware);
/** Write the record, for instance to keep Severity and Maximum Defer Period.
 *  @return false when the disk refuses; said on stderr */
bool firmware_save(struct firmware *firmware);

/** Linked and Conflicting Instances as bit masks. */
unsigned firmware_linked(const struct firmware *firmware, uint16_t instance);
unsigned firmware_conflicting(const struct firmware *firmware,
                              uint16_t instance);

#endif
