using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>How a job ended.</summary>
/// <param name="Failure">Why it was undone. Null if it is committed.</param>
/// <param name="Place">Where its batch stands in the order of commits. Null if there was none.</param>
internal readonly record struct JobEnd(Exception? Failure, CommitPlace? Place);
