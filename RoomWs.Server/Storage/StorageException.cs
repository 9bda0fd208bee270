namespace RoomWs.Server.Storage;

/// <summary>A change was not stored because of a storage outage, not because of the change. The cause is logged already.</summary>
#pragma warning disable RCS1194 // Created in one place, always with a log id and a cause.
internal sealed class StorageException(string logId, Exception cause) : Exception(cause.Message, cause)
#pragma warning restore RCS1194
{
    /// <summary>The id of the outage in the log.</summary>
    public string LogId => logId;
}
