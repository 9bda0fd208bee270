namespace RoomWs.Server.Storage;

/// <summary>A change was not stored, for a reason that has nothing to do with it, and that the log has told already.</summary>
#pragma warning disable RCS1194 // It is made in one place, with all that belongs to it.
internal sealed class StorageException(string logId, Exception cause) : Exception(cause.Message, cause)
#pragma warning restore RCS1194
{
    /// <summary>Where to find it in the log.</summary>
    public string LogId => logId;
}
