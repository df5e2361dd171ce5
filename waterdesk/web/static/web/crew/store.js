// What the phone keeps: the queue of what was done, and the jobs it took along. Of IndexedDB, so that
// it outlives the page, the browser and the battery.
const opened = new Promise((done, failed) => {
  const asking = indexedDB.open("crew", 1);
  asking.onupgradeneeded = () => {
    asking.result.createObjectStore("queue", { keyPath: "n", autoIncrement: true });
    asking.result.createObjectStore("state");
  };
  asking.onsuccess = () => done(asking.result);
  asking.onerror = () => failed(asking.error);
});

// Resolves when it is on the disk, not only when it was asked for.
async function within(store, mode, work) {
  const database = await opened;
  return new Promise((done, failed) => {
    const turn = database.transaction(store, mode, { durability: "strict" });
    const asking = work(turn.objectStore(store));
    turn.oncomplete = () => done(asking?.result);
    turn.onerror = turn.onabort = () => failed(turn.error);
  });
}

export const entries = () => within("queue", "readonly", (queue) => queue.getAll());
export const add = (entry) => within("queue", "readwrite", (queue) => queue.add(entry));
export const put = (entry) => within("queue", "readwrite", (queue) => queue.put(entry));
export const drop = (n) => within("queue", "readwrite", (queue) => queue.delete(n));
export const recall = (name) => within("state", "readonly", (state) => state.get(name));
export const remember = (name, value) => within("state", "readwrite", (state) => state.put(value, name));
